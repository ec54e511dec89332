import type { HealthCheck } from '../services/create-options.ts';
import type { DockerClient } from './docker-client.ts';

/** A container's health check, from `options:` or from its image. */
export interface ContainerHealth {
  check: HealthCheck;
  /** Words that are executed in the container. */
  words: string[];
}

const SECOND_MS = 1_000;
const NANOSECONDS_PER_MS = 1e6;

/**
 * The check that the engine has for a container; null if it has none.
 * It is carried out by Slipway itself: the engine's first try comes after a whole interval, mostly 10 s.
 */
export async function readHealth(client: DockerClient, id: string): Promise<ContainerHealth | null> {
  const text = await client.run(['inspect', '--format', '{{json .Config.Healthcheck}}', id]);
  const health = JSON.parse(text || 'null') as EngineHealth | null;
  const [kind, ...words] = health?.Test ?? [];
  if (!health || kind === undefined || kind === 'NONE') return null;
  const command = words.join(' ');
  return {
    check: {
      command,
      intervalMs: toMs(health.Interval) || 30 * SECOND_MS,
      timeoutMs: toMs(health.Timeout) || 30 * SECOND_MS,
      retries: health.Retries || 3,
      startPeriodMs: toMs(health.StartPeriod),
    },
    words: kind === 'CMD-SHELL' ? ['/bin/sh', '-c', command] : words,
  };
}

interface EngineHealth {
  /** `['CMD-SHELL', 'text']`, `['CMD', 'word', …]` or `['NONE']`. */
  Test?: string[];
  /** Nanoseconds. */
  Interval?: number;
  Timeout?: number;
  StartPeriod?: number;
  Retries?: number;
}

function toMs(nanoseconds: number | undefined): number {
  return (nanoseconds ?? 0) / NANOSECONDS_PER_MS;
}
