import path from 'node:path';
import type { JobEvent, JobFinished } from '@slipway/contracts';
import { SlipwayError } from '@slipway/contracts/errors';
import type { ClaimedJob, RunnerGateway } from '@slipway/contracts/runner-protocol';
import type { JobRequest } from '@slipway/workflow';
import type { ActionStore } from '../actions/action-store.ts';
import { createRunner, type JobExecution } from '../job/create-runner.ts';
import type { RunnerOptions } from '../job/runner-options.ts';
import { endTracked } from '../processes/tracking.ts';
import { closeJobDirectory, type JobDirectory, openJobDirectory } from '../recovery/job-directory.ts';
import { createEventSpool, type EventSpool } from './event-spool.ts';
import { prepareSource } from './job-source.ts';
import { keepAtServer } from './keep-at-server.ts';
import { confirmClaim, keepClaim } from './keep-claim.ts';
import { sendEvents, sendResult } from './send-events.ts';
import { tryAgain } from './try-again.ts';

export interface JobWork {
  gateway: RunnerGateway<JobRequest>;
  claimed: ClaimedJob<JobRequest>;
  /** What all jobs of this machine have in common. */
  machine: Machine;
  /** Ends the job at once, and says nothing more of it. */
  signal: AbortSignal;
}

export interface Machine
  extends Pick<
    RunnerOptions,
    'slipwayHome' | 'services' | 'containers' | 'containerImage' | 'baseEnv' | 'toolCache' | 'name'
  > {
  /** Of one job: its repository's lockfile applies, and refs mean what they mean now. */
  actionsOf: (repositoryRoot: string) => ActionStore;
}

/** Executes a claimed job and tells the server of it, until the server has its result or says that the job is not this runner's. */
export async function workOnJob(work: JobWork): Promise<void> {
  const { gateway, claimed } = work;
  const over = new AbortController();
  const stopping: Stopping = { execution: undefined, asked: null, reason: 'the run was cancelled' };
  const keeping = {
    gateway,
    claim: claimed,
    onStop: (how: 'cancel' | 'kill', reason?: string) => {
      stopping.reason = reason ?? stopping.reason;
      stop(stopping, how);
    },
    signal: AbortSignal.any([over.signal, work.signal]),
  };
  if (!(await confirmClaim(keeping))) return;
  const lost = new AbortController();
  const giveUp = (reason: unknown): void => {
    lost.abort(reason);
    stop(stopping, 'kill');
  };
  work.signal.addEventListener('abort', () => giveUp(work.signal.reason), { once: true });
  const opened = openFolders(work, giveUp);
  if (opened.kind === 'failed') {
    await sendFailure(work, opened.reason).catch(ignoreFence);
    over.abort();
    return;
  }
  const { directory, spool } = opened;
  const sending = { gateway, claim: claimed, spool, signal: lost.signal };
  const kept = keepClaim(keeping).catch(giveUp);
  const sent = sendEvents(sending).catch(giveUp);
  try {
    const result = await execute(work, { directory, stopping, signal: lost.signal, onEvent: spool.write });
    spool.end();
    await sent;
    if (!lost.signal.aborted) await sendResult(sending, result).catch(ignoreFence);
  } finally {
    over.abort();
    spool.end();
    await Promise.all([kept, sent]);
    spool.close();
    await endTracked(directory.trackingPrefix);
    closeJobDirectory(directory);
  }
}

type Opened =
  | { kind: 'opened'; directory: JobDirectory; spool: EventSpool }
  | { kind: 'failed'; reason: string };

function openFolders({ claimed, machine }: JobWork, onSpoolFailure: (error: unknown) => void): Opened {
  try {
    const description = `${claimed.project}: ${claimed.request.name}`;
    const directory = openJobDirectory({
      slipwayHome: machine.slipwayHome,
      description,
      now: Date.now(),
      root: claimed.resume?.root,
    });
    const spool = createEventSpool(path.join(directory.workDirectory, '_events'), onSpoolFailure);
    return { kind: 'opened', directory, spool };
  } catch (error) {
    return { kind: 'failed', reason: messageOf(error) };
  }
}

async function sendFailure({ gateway, claimed, signal }: JobWork, reason: string): Promise<void> {
  const { jobId, fence } = claimed;
  const result = {
    kind: 'job.finished' as const,
    at: Date.now(),
    conclusion: 'failure' as const,
    outputs: {},
    reason,
  };
  await tryAgain(() => gateway.finish(jobId, { fence, streamBytes: 0, result }), signal);
}

interface Stopping {
  execution: JobExecution | undefined;
  /** Before there was an execution. */
  asked: 'cancel' | 'kill' | null;
  /** For people. */
  reason: string;
}

function stop(stopping: Stopping, how: 'cancel' | 'kill'): void {
  if (stopping.asked !== 'kill') stopping.asked = how;
  if (how === 'kill') stopping.execution?.kill();
  else stopping.execution?.cancel(stopping.reason);
}

interface Execution {
  directory: JobDirectory;
  stopping: Stopping;
  signal: AbortSignal;
  onEvent: (event: JobEvent) => void;
}

/** Never rejects: what the machine can't do fails the job. */
async function execute({ gateway, claimed, machine }: JobWork, execution: Execution): Promise<JobFinished> {
  const { directory, stopping, signal, onEvent } = execution;
  const { workDirectory, trackingPrefix } = directory;
  const { request, source, actionsRuntime } = claimed;
  try {
    const fetching = { slipwayHome: machine.slipwayHome, workDirectory, request, signal };
    const prepared = await prepareSource(source, fetching);
    const kept = await keepAtServer({ gateway, claimed, workDirectory });
    const runner = createRunner({
      ...machine,
      actions: machine.actionsOf(prepared.repositoryRoot),
      ...kept,
      workDirectory,
      trackingPrefix,
      ...prepared,
      actionsRuntime: () => Promise.resolve(actionsRuntime),
    });
    stopping.execution = runner.start(request, onEvent);
    if (stopping.asked !== null) stop(stopping, stopping.asked);
    return await stopping.execution.finished;
  } catch (error) {
    const reason = messageOf(error);
    const conclusion = stopping.asked === null ? 'failure' : 'cancelled';
    const finished: JobFinished = { kind: 'job.finished', at: Date.now(), conclusion, outputs: {}, reason };
    onEvent({ kind: 'job.started', at: Date.now(), executor: 'none' });
    onEvent(finished);
    return finished;
  }
}

function ignoreFence(error: unknown): void {
  if (!(error instanceof SlipwayError) || error.code !== 'fenced') throw error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
