import type { JobFinished } from '@slipway/contracts';
import type { JobRequest } from '@slipway/workflow';
import type { JobExecution, RunnerPort } from './runner-port.ts';

/** What a job does in a test: how it ends, at once or when the test lets it. */
export type Script = (job: ScriptedJob) => Partial<JobFinished> | 'held';

export interface ScriptedJob {
  request: JobRequest;
  cancelledFor: string | undefined;
  killed: boolean;
  /** Ends a held job. */
  end(result?: Partial<JobFinished>): void;
}

/** A runner without processes: it implements the port, and keeps what it was asked to do. */
export interface ScriptedRunner extends RunnerPort {
  /** In the order of their starts. */
  started: ScriptedJob[];
  /** Waits until a job with this key has started. */
  whenStarted(jobKey: string): Promise<ScriptedJob>;
}

export function createScriptedRunner(script: Script = () => ({})): ScriptedRunner {
  const started: ScriptedJob[] = [];
  const waiting: (() => void)[] = [];
  return {
    started,
    start(request, onEvent): JobExecution {
      const { promise, resolve } = Promise.withResolvers<JobFinished>();
      const job: ScriptedJob = {
        request,
        cancelledFor: undefined,
        killed: false,
        end: (result = {}) =>
          resolve({ kind: 'job.finished', at: 0, conclusion: 'success', outputs: {}, ...result }),
      };
      started.push(job);
      for (const wake of waiting.splice(0)) wake();
      onEvent({ kind: 'job.started', at: 0, executor: 'scripted' });
      const result = script(job);
      if (result !== 'held') job.end(result);
      return {
        finished: promise,
        cancel: (reason) => {
          job.cancelledFor = reason;
          job.end({ conclusion: 'cancelled' });
        },
        kill: () => {
          job.killed = true;
          job.end({ conclusion: 'cancelled' });
        },
      };
    },
    async whenStarted(jobKey) {
      for (;;) {
        const job = started.find(({ request }) => request.jobKey === jobKey);
        if (job) return job;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}
