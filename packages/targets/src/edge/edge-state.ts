import { z } from 'zod';

const address = z.object({ host: z.string(), port: z.number().int().min(0).max(65535) });

/** How an edge listens; what it is told once. Port 0: any, and the same one for ever after. */
export const edgeSettings = z.object({
  production: address,
  test: address,
  /** GET /metrics for Prometheus. */
  metrics: address,
  /** Requests on the production listener that carry this header go to the revision under test; null: none do. */
  testHeader: z.object({ name: z.string(), value: z.string() }).nullable(),
  /** Cookie by which who has got a revision keeps it, as long as it has a share; null: each request is on its own. */
  stickyCookie: z.string().nullable(),
  /** Until the first byte of an answer; 0: for ever. */
  answerTimeoutMs: z.number().min(0),
});

export type EdgeSettings = z.infer<typeof edgeSettings>;

const route = z.object({
  /** Requests whose path begins with it; of several the longest counts. `/` takes all. */
  path: z.string().startsWith('/'),
  instances: z.array(address),
  /** Path that answers 2xx from who may get requests; null: it is enough to listen. */
  check: z.string().nullable(),
  checkEveryMs: z.number().min(100),
});

/** Without routes it answers no requests: a revision of workers only. */
export const edgeRevision = z.object({ routes: z.array(route) });

export type EdgeRevision = z.infer<typeof edgeRevision>;

/** Percent of the requests; together 100, or nothing at all. A revision that isn't named has 0. */
export const edgeSplit = z
  .record(z.string(), z.number().min(0).max(100))
  .refine(
    (split) => [0, 100].includes(Math.round(sumOf(split) * 1e6) / 1e6),
    'the shares must be 100 together',
  );

export type EdgeSplit = z.infer<typeof edgeSplit>;

/** All that an edge is told, and keeps on disk. */
export const edgeState = z.object({
  settings: edgeSettings.nullable(),
  revisions: z.record(z.string(), edgeRevision),
  split: edgeSplit,
  /** Behind the test traffic; null: none. */
  test: z.string().nullable(),
});

export type EdgeState = z.infer<typeof edgeState>;

export const emptyEdgeState: EdgeState = { settings: null, revisions: {}, split: {}, test: null };

/** What an edge tells of itself. */
export interface EdgeReport {
  revisions: Record<string, { weight: number; active: number; instances: InstanceReport[] }>;
  test: string | null;
  /** Where it really listens. */
  listens: { production: number; test: number; metrics: number } | null;
}

export interface InstanceReport {
  address: string;
  isUp: boolean;
  /** It is no longer one of the revision; it is told of until no request is under way there. */
  isLeaving: boolean;
  /** Requests that are under way. */
  active: number;
}

function sumOf(split: Record<string, number>): number {
  return Object.values(split).reduce((sum, share) => sum + share, 0);
}
