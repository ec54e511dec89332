import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { JobStreamDecoder } from '@slipway/contracts/job-stream';
import type { RunnerGateway } from '@slipway/contracts/runner-protocol';
import { createActionStore } from '@slipway/runner/actions';
import { type Agent, startAgent } from '@slipway/runner/agent';
import {
  acceptEvent,
  type Controller,
  type ControllerOptions,
  createNotices,
  type IncomingEvent,
  type Notices,
  startController,
} from '@slipway/server/controller';
import { type GatewayOptions, type JobStreams, openJobStreams, storeGateway } from '@slipway/server/runners';
import type { Store } from '@slipway/server/store';
import type { JobRequest } from '@slipway/workflow';

/** A server with runners in one process: everything but HTTP. */
export interface InProcessServer {
  store: Store;
  notices: Notices;
  controller: Controller;
  streams: JobStreams;
  gateway: RunnerGateway<JobRequest>;
  accept(incoming: IncomingEvent): ReturnType<typeof acceptEvent>;
  agent(labels?: string[]): Agent;
  /** Waits until a job is in the queue, or claimed. */
  queued(runId: number, jobKey: string): Promise<void>;
  claimed(runId: number, jobKey: string): Promise<void>;
  /** Waits until a run is completed. */
  finished(runId: number): Promise<{ conclusion: string | null; attempt: number }>;
  jobs(runId: number): Promise<{ job_key: string; conclusion: string | null; reason: string | null }[]>;
  /** Waits until a job's log holds a text. */
  logged(runId: number, jobKey: string, text: string): Promise<void>;
  /** The log of a job, all steps, in order. */
  log(runId: number, jobKey: string): Promise<string>;
  close(): Promise<void>;
}

export interface InProcessOptions extends Partial<ControllerOptions> {
  equip?: GatewayOptions['equip'];
  /** A piece of a job's stream has arrived and is kept. */
  onAppended?: (jobId: number, bytes: Uint8Array) => void;
}

export function inProcessServer(store: Store, options: InProcessOptions = {}): InProcessServer {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-server-'));
  const notices = createNotices();
  const { now = Date.now } = options;
  const controller = startController({
    store,
    notices,
    owner: `server-${folder.slice(-6)}`,
    now,
    tickMs: 100,
    onTrouble: (error) => process.stderr.write(`${error instanceof Error ? error.stack : error}\n`),
    ...options,
  });
  const streams = openJobStreams(join(folder, 'streams'));
  const kept = storeGateway({
    store,
    streams,
    now,
    leaseMs: 60_000,
    equip: async ({ request }) => ({
      request,
      source: { kind: 'working-tree', directory: folder },
      actionsRuntime: {},
    }),
    onProgress: controller.hear,
    jobsMayWait: (signal) => notices.next('queue', signal),
    jobMayStop: (jobId, signal) => notices.next(`stop:${jobId}`, signal),
    ...(options.equip && { equip: options.equip }),
  });
  const gateway: typeof kept = {
    ...kept,
    async append(jobId, piece) {
      const answer = await kept.append(jobId, piece);
      options.onAppended?.(jobId, piece.bytes);
      return answer;
    },
  };
  const jobIn = async (states: ('queued' | 'claimed' | 'finished')[], runId: number, jobKey: string) => {
    for (;;) {
      const next = notices.next(`run:${runId}`, AbortSignal.timeout(200));
      const row = await store
        .selectFrom('job')
        .select('id')
        .where(({ and }) => and({ run_id: String(runId), job_key: jobKey }))
        .where('state', 'in', states)
        .executeTakeFirst();
      if (row !== undefined) return;
      await next;
    }
  };
  const agents: Agent[] = [];
  const slipwayHome = join(folder, 'home');
  const server: InProcessServer = {
    store,
    notices,
    controller,
    streams,
    gateway,
    accept: (incoming) => acceptEvent({ store, now: now(), notices }, incoming),
    agent(labels = ['ubuntu-latest']) {
      const agent = startAgent({
        gateway,
        name: `runner-${agents.length + 1}`,
        labels,
        machine: {
          slipwayHome,
          actionsOf: (repositoryRoot) => createActionStore({ slipwayHome, repositoryRoot }),
          services: { cannotServe: async () => 'no services here', start: () => Promise.reject(new Error()) },
          baseEnv: process.env,
        },
        waitMs: 500,
        onTrouble: (error) => process.stderr.write(`${error instanceof Error ? error.stack : error}\n`),
      });
      agents.push(agent);
      return agent;
    },
    queued: (runId, jobKey) => jobIn(['queued', 'claimed', 'finished'], runId, jobKey),
    claimed: (runId, jobKey) => jobIn(['claimed', 'finished'], runId, jobKey),
    async finished(runId) {
      for (;;) {
        const next = notices.next(`run:${runId}`, AbortSignal.timeout(1_000));
        const run = await store
          .selectFrom('run')
          .select(['status', 'conclusion', 'attempt'])
          .where('id', '=', runId)
          .executeTakeFirstOrThrow();
        if (run.status === 'completed') return run;
        await next;
      }
    },
    jobs: (runId) =>
      store
        .selectFrom('run_job')
        .innerJoin('run', (join) =>
          join.onRef('run.id', '=', 'run_job.run_id').onRef('run.attempt', '=', 'run_job.attempt'),
        )
        .select(['run_job.job_key', 'run_job.conclusion', 'run_job.reason'])
        .where('run_job.run_id', '=', runId)
        .orderBy('run_job.position')
        .execute(),
    async logged(runId, jobKey, text) {
      while (!(await this.log(runId, jobKey)).includes(text)) await delay(20);
    },
    async log(runId, jobKey) {
      const row = await store
        .selectFrom('run_job')
        .select('queue_id')
        .where('run_id', '=', runId)
        .where('job_key', '=', jobKey)
        .orderBy('attempt', 'desc')
        .executeTakeFirst();
      if (row?.queue_id == null) return '';
      const { id, fence } = await store
        .selectFrom('job')
        .select(['id', 'fence'])
        .where('id', '=', row.queue_id)
        .executeTakeFirstOrThrow();
      const bytes = await streams.read({ jobId: id, fence }, { offset: 0, maxBytes: 10_000_000 });
      const events = new JobStreamDecoder().push(bytes).map(({ event }) => event);
      return events
        .map((event) => (event.kind === 'step.log' ? Buffer.from(event.bytes).toString() : ''))
        .join('');
    },
    async close() {
      await Promise.all(agents.map((agent) => agent.kill()));
      await controller.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return server;
}
