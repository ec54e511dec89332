import type { PlacedComponent } from '@slipway/delivery';
import { z } from 'zod';
import { duration, type OptionsReading, pathText, readOptions, splitEnv } from './option-forms.ts';

/** How a component is run: `components.NAME.options` of `slipway.yml`, for process and docker targets alike. */
export interface ComponentOptions {
  /** For the shell; null: what the image runs by itself. */
  command: string | null;
  /** Prints the migrations that are pending, a JSON object a line; null: it can't be asked. */
  pending: string | null;
  /** What it listens on in its container; a process is told its port by PORT. null: it doesn't listen. */
  port: number | null;
  /** Path that answers 2xx when it can take requests; null: it is enough to listen. */
  ready: string | null;
  /** Path that answers 2xx as long as it needs no restart; null: it is enough to run. */
  live: string | null;
  instances: number;
  /** Requests whose path begins with it are its; for services. */
  path: string;
  readyTimeoutMs: number;
  checkEveryMs: number;
  stopTimeoutMs: number;
  /** For containers, as the engine writes them: `NAME:/path` or `/path:/path:ro`. */
  volumes: string[];
  env: Record<string, string>;
}

const schema = z
  .strictObject({
    command: z.string().min(1).nullable().default(null),
    pending: z.string().min(1).nullable().default(null),
    port: z.number().int().min(1).max(65535).nullable().default(null),
    ready: pathText.nullable().default(null),
    live: pathText.nullable().default(null),
    instances: z.number().int().min(1).max(100).default(1),
    path: pathText.default('/'),
    'ready-timeout': duration.default(60_000),
    'check-every': duration.default(2_000),
    'stop-timeout': duration.default(10_000),
    volumes: z.string().default(''),
  })
  .transform((written) => ({
    command: written.command,
    pending: written.pending,
    port: written.port,
    ready: written.ready,
    live: written.live,
    instances: written.instances,
    path: written.path,
    readyTimeoutMs: written['ready-timeout'],
    checkEveryMs: Math.max(100, written['check-every']),
    volumes: written.volumes.split(',').flatMap((one) => one.trim() || []),
    stopTimeoutMs: written['stop-timeout'],
  }));

export function readComponentOptions(
  name: string,
  component: PlacedComponent,
  kind: 'process' | 'docker',
): OptionsReading<ComponentOptions> {
  const place = `components.${name}.options`;
  const { env, rest } = splitEnv(component.options);
  const reading = readOptions(schema, rest, place);
  if (reading.kind === 'mistaken') return reading;
  const { command, port } = reading.value;
  if (kind === 'process' && command === null) {
    return { kind: 'mistaken', mistakes: [`${place}: a process needs a \`command\``] };
  }
  if (kind === 'docker' && component.role === 'service' && port === null) {
    return { kind: 'mistaken', mistakes: [`${place}: a service in a container needs a \`port\``] };
  }
  return { kind: 'read', value: { ...reading.value, env } };
}
