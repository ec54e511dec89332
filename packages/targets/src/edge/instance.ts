import { Pool } from 'undici';
import { probe } from '../health/probe.ts';

/** One process or container that answers requests, as the edge sees it. */
export interface Instance {
  readonly spec: InstanceSpec;
  readonly host: string;
  readonly port: number;
  readonly pool: Pool;
  isUp: boolean;
  /** It has been closed. */
  isLeaving: boolean;
  /** Requests that are under way. */
  active: number;
  /** A connection broke: it is asked at once how it is, and then one miss is enough. What fails quickly must not draw the requests. */
  suspect(): void;
  /** Gets no more requests; those under way are seen to their end. */
  close(): void;
}

export interface InstanceSpec {
  host: string;
  port: number;
  check: string | null;
  checkEveryMs: number;
  answerTimeoutMs: number;
}

/** Checks in a row that an instance must miss to be passed over. */
const mostMisses = 2;
/** Requests to one instance at a time; more wait. */
const mostConnections = 512;
const connectTimeoutMs = 2_000;

/** Begins up: who adds it has seen it ready. */
export function openInstance(spec: InstanceSpec): Instance {
  const { host, port, check, checkEveryMs, answerTimeoutMs } = spec;
  const pool = new Pool(`http://${host.includes(':') ? `[${host}]` : host}:${port}`, {
    connections: mostConnections,
    pipelining: 1,
    connectTimeout: connectTimeoutMs,
    headersTimeout: answerTimeoutMs,
    // A stream may be silent for as long as it likes.
    bodyTimeout: 0,
  });
  let misses = 0;
  let isSuspect = false;
  let isLooking = false;
  let timer = setTimeout(look, checkEveryMs);
  const instance: Instance = {
    spec,
    host,
    port,
    pool,
    isUp: true,
    isLeaving: false,
    active: 0,
    suspect() {
      isSuspect = true;
      if (isLooking || instance.isLeaving) return;
      clearTimeout(timer);
      void look();
    },
    close() {
      instance.isLeaving = true;
      instance.isUp = false;
      clearTimeout(timer);
      pool.close().catch(() => undefined);
    },
  };

  async function look(): Promise<void> {
    const enough = isSuspect ? 1 : mostMisses;
    isSuspect = false;
    isLooking = true;
    const trouble = await probe({ host, port, path: check });
    isLooking = false;
    if (instance.isLeaving) return;
    misses = trouble === null ? 0 : misses + 1;
    if (trouble === null) instance.isUp = true;
    else if (misses >= enough) instance.isUp = false;
    timer = setTimeout(look, isSuspect ? 0 : checkEveryMs);
  }

  return instance;
}
