import type { Artifact } from '@slipway/delivery';
import { labels } from './container-facts.ts';

/** By digest; an image without a repository is one of this engine, by its id. */
export function referenceOf({ repository, digest }: Artifact): string {
  return repository === undefined ? digest : `${repository}@${digest}`;
}

export function labelOptions(values: Partial<Record<keyof typeof labels, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [
    '--label',
    `${labels[name as keyof typeof labels]}=${value}`,
  ]);
}

export function volumeOptions(volumes: readonly string[]): string[] {
  return volumes.flatMap((volume) => ['--volume', volume]);
}

/** The image with the command for its shell; null: what it runs by itself. Comes last. */
export function commandOptions(image: string, command: string | null): string[] {
  return command === null ? [image] : ['--entrypoint', '/bin/sh', image, '-c', command];
}

/** Logs of containers are kept by the engine, and not for ever. */
export const logOptions = [
  ...['--log-driver', 'json-file'],
  ...['--log-opt', 'max-size=16m', '--log-opt', 'max-file=4'],
];
