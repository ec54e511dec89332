import type { Value } from '@slipway/workflow';
import { displayString } from '@slipway/workflow/expressions';
import { texts } from '../steps/perform-step.ts';

/** What `container:` and the entries of `services:` have in common, evaluated. */
export interface ContainerRequest {
  /** '' if the image evaluates to nothing: then there is no container, as on GitHub. */
  image: string;
  credentials?: { username: string; password: string };
  env: Record<string, string>;
  ports: string[];
  volumes: string[];
  options: string;
  entrypoint?: string;
  command?: string;
}

/** A text is the image alone. */
export function readContainer(value: Value): ContainerRequest {
  const fields = typeof value === 'string' ? { image: value } : asObject(value);
  const { username, password } = texts(fields.credentials ?? null);
  return {
    image: text(fields.image).replace(/^docker:\/\//i, ''),
    ...(username === undefined || password === undefined ? {} : { credentials: { username, password } }),
    env: texts(fields.env ?? null),
    ports: list(fields.ports),
    volumes: list(fields.volumes),
    options: text(fields.options),
    ...(fields.entrypoint === undefined ? {} : { entrypoint: text(fields.entrypoint) }),
    ...(fields.command === undefined ? {} : { command: text(fields.command) }),
  };
}

export function asObject(value: Value | undefined): { [key: string]: Value } {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

function text(value: Value | undefined): string {
  return value === undefined ? '' : displayString(value);
}

function list(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.map(displayString) : [];
}
