import { setTimeout as delay } from 'node:timers/promises';
import { probe } from '../health/probe.ts';
import { rotateLog } from './rotating-log.ts';
import type { UnitSpec } from './unit-spec.ts';

export type Health =
  | { kind: 'starting'; trouble: string | null }
  | { kind: 'ready' }
  | { kind: 'unready'; trouble: string };

export interface HealthWatch {
  spec: UnitSpec;
  port: number | null;
  /** It was ready when an earlier supervisor left it. */
  startsReady: boolean;
  signal: AbortSignal;
  log: string;
}

/** While it starts it is asked more often. */
const startCheckMs = 200;
/** A process without a port is taken to be ready when it has stayed up so long. */
const settleMs = 2_000;
/** Checks in a row without an answer after which a process is given up. */
const mostMisses = 3;

/** Asks a process how it is, again and again, and tells it; resolves with why it has to be restarted. Never resolves once aborted. */
export async function watchHealth(
  { spec, port, startsReady, signal, log }: HealthWatch,
  tell: (health: Health) => void,
): Promise<string> {
  const startedAt = Date.now();
  let isReady = startsReady;
  let misses = 0;
  for (;;) {
    await delay(isReady ? spec.checkEveryMs : Math.min(startCheckMs, spec.checkEveryMs), undefined, {
      signal,
    }).catch(() => undefined);
    if (signal.aborted) return new Promise(() => undefined);
    const trouble = await readiness(spec, port, startedAt);
    const ailment =
      isReady && spec.live !== null && port !== null ? await probe({ port, path: spec.live }) : null;
    if (signal.aborted) continue;
    misses = ailment === null ? 0 : misses + 1;
    if (misses >= mostMisses) return `it does not answer its checks: ${ailment}`;
    if (trouble === null) tell({ kind: 'ready' });
    else tell(isReady ? { kind: 'unready', trouble } : { kind: 'starting', trouble });
    isReady ||= trouble === null;
    rotateLog(log);
  }
}

async function readiness(spec: UnitSpec, port: number | null, startedAt: number): Promise<string | null> {
  if (port !== null) return probe({ port, path: spec.ready });
  return Date.now() - startedAt >= settleMs ? null : 'it has just started';
}
