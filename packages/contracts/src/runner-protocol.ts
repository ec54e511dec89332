import { z } from 'zod';
import type { KeptJobSummary } from './kept-job.ts';

/**
 * How runners and server talk. A runner asks, the server answers; nothing is ever sent to a runner unasked, so it may sit behind any
 * firewall. Paths are below `/runner/v1`; every request carries the runner's token, those about a job also its fence.
 *
 * | request | body | answer |
 * |---|---|---|
 * | `POST /claims` | ClaimRequest | ClaimedJob, or 204 after `waitMs` without a job |
 * | `POST /jobs/:id/heartbeat` | HeartbeatRequest | HeartbeatAnswer, at once if there is news, else after `waitMs` |
 * | `PUT /jobs/:id/stream?fence=&offset=` | bytes of the job's stream | StreamAnswer |
 * | `POST /jobs/:id/finish` | FinishRequest | 204 |
 * | `PUT /jobs/:id/kept?fence=` | a line of JSON, KeptJobSummary; then the archive of the failed job | 204 |
 * | `GET /jobs/:id/kept?fence=` | – | the archive of the job that this one goes on from |
 *
 * A claim counts from its first heartbeat: a runner begins only when that is answered. One that never hears of its claim loses nothing.
 * 409 `fenced`: the job is not this runner's any more; it ends it and says nothing more of it. Errors: see errors.ts.
 */
export const claimRequestSchema = z.strictObject({
  runner: z.string().min(1).max(200),
  labels: z.array(z.string().min(1).max(200)).max(100),
  /** How long to wait for a job; the server may answer sooner. */
  waitMs: z.number().int().min(0).max(60_000),
});
export type ClaimRequest = z.infer<typeof claimRequestSchema>;

export interface ClaimedJob<Request = unknown> {
  jobId: number;
  fence: number;
  /** `owner/name`. */
  project: string;
  /** A JobRequest of packages/workflow, with secrets. */
  request: Request;
  /** Say that the job is alive more often than this. */
  leaseMs: number;
  /** Where the job's code is. */
  source: JobSource;
  /** For JavaScript and docker actions: ACTIONS_RUNTIME_TOKEN, ACTIONS_RESULTS_URL and the like. */
  actionsRuntime: Record<string, string>;
  /** Keep the job at the server if it fails, so that it can go on from a step; absent: don't. */
  keep?: { maxBytes: number };
  /** The job goes on from the step at this place in its list, from 0; it is kept at the server as it was before. `root`: where its folder was. */
  resume?: { place: number; root?: string };
}

/** `repository`: fetched by git over HTTP with the job's token. `working-tree`: a folder of the same machine. */
export type JobSource =
  | { kind: 'repository'; url: string; sha: string; ref: string; token: string }
  | { kind: 'working-tree'; directory: string };

export const heartbeatRequestSchema = z.strictObject({
  fence: z.number().int().positive(),
  /** How long to wait for news. */
  waitMs: z.number().int().min(0).max(60_000),
  /** What the runner has been told to do: no news. */
  known: z.enum(['cancel', 'kill']).nullable(),
});
export type HeartbeatRequest = z.infer<typeof heartbeatRequestSchema>;

export interface HeartbeatAnswer {
  /** What to do with the job: go on (null), cancel it as a person would, or kill it. */
  stop: 'cancel' | 'kill' | null;
  /** Why it is to end, for people. */
  reason?: string;
}

export interface StreamAnswer {
  /** How many bytes of the stream the server has; the runner goes on from there. */
  offset: number;
}

export const finishRequestSchema = z.strictObject({
  fence: z.number().int().positive(),
  /** Length of the whole stream: the server has it all, or refuses with 409 `incomplete`. */
  streamBytes: z.number().int().nonnegative(),
  result: z.strictObject({
    kind: z.literal('job.finished'),
    at: z.number(),
    conclusion: z.enum(['success', 'failure', 'cancelled']),
    outputs: z.record(z.string(), z.string()),
    environmentUrl: z.string().optional(),
    reason: z.string().optional(),
  }),
});
export type FinishRequest = z.infer<typeof finishRequestSchema>;

/** What a runner's agent needs of a server: over HTTP, or in the same process. Throws SlipwayError for what the server refuses. */
export interface RunnerGateway<Request = unknown> {
  /** null: no job came up in time. */
  claim(request: ClaimRequest, signal: AbortSignal): Promise<ClaimedJob<Request> | null>;
  heartbeat(jobId: number, request: HeartbeatRequest, signal?: AbortSignal): Promise<HeartbeatAnswer>;
  append(jobId: number, piece: { fence: number; offset: number; bytes: Uint8Array }): Promise<StreamAnswer>;
  finish(jobId: number, request: FinishRequest): Promise<void>;
  /** Takes a failed job in, so that it can go on from one of its steps. */
  keep(jobId: number, kept: KeptUpload): Promise<void>;
  /** The archive of the job that the claimed one goes on from. */
  fetchKept(jobId: number, request: { fence: number }): Promise<AsyncIterable<Uint8Array>>;
}

export interface KeptUpload {
  fence: number;
  summary: KeptJobSummary;
  /** Read once, to its end or to the first error. */
  archive: AsyncIterable<Uint8Array>;
}
