import { setTimeout as delay } from 'node:timers/promises';
import type { JobAnswer, JobsAnswer } from '@slipway/contracts/api/jobs';
import type { RunAnswer, RunPage } from '@slipway/contracts/api/runs';

/** Runs of the demo's project, asked of the server as its page asks. */
export interface Runs {
  /** The newest run of this workflow for the commit or ref, as soon as there is one. */
  begun(wanted: WantedRun): Promise<RunAnswer>;
  /** The same when it has ended. */
  ended(wanted: WantedRun): Promise<FinishedRun>;
  jobs(runId: number): Promise<JobAnswer[]>;
  /** All that the project has, the newest first; fifty at most. */
  all(): Promise<RunAnswer[]>;
}

export type WantedRun =
  | { id: number }
  | {
      /** Its file, without `.yml`. */
      workflow: string;
      /** What it runs for: a commit of main, or a ref such as `refs/pull/1/merge`. */
      for: string;
      /** Begun later than the run with this id. */
      after?: number;
    };

export interface FinishedRun {
  run: RunAnswer;
  jobs: JobAnswer[];
}

const patienceMs = 20 * 60_000;
const lookEveryMs = 1000;

export function watchRuns(server: string, { project, token }: { project: string; token: string }): Runs {
  const ask = async <Answer>(path: string): Promise<Answer> => {
    const response = await fetchPatiently(`${server}/api/v1${path}`, { authorization: `Bearer ${token}` });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  };
  const all = async () => (await ask<RunPage>(`/runs?project=${encodeURIComponent(project)}&limit=50`)).runs;
  const wait = async (wanted: WantedRun, is: (run: RunAnswer) => boolean): Promise<RunAnswer> => {
    for (const begun = Date.now(); Date.now() - begun < patienceMs; await delay(lookEveryMs)) {
      const run = (await all()).find((one) => isWanted(one, wanted));
      if (run !== undefined && is(run)) return run;
    }
    throw new Error(`${JSON.stringify(wanted)} did not come to it in ${patienceMs / 60_000} minutes`);
  };
  const jobs = async (runId: number) => (await ask<JobsAnswer>(`/runs/${runId}/jobs`)).jobs;
  return {
    ...{ all, jobs },
    begun: (wanted) => wait(wanted, () => true),
    async ended(wanted) {
      const run = await wait(wanted, ({ conclusion }) => conclusion !== null);
      return { run, jobs: await jobs(run.id) };
    },
  };
}

function isWanted(run: RunAnswer, wanted: WantedRun): boolean {
  if ('id' in wanted) return run.id === wanted.id;
  const { workflow, for: subject, after = 0 } = wanted;
  const isIt = run.workflowPath === `.github/workflows/${workflow}.yml` && run.id > after;
  return isIt && [run.sha, run.ref].includes(subject);
}

/** On a very busy machine a kept connection may end in the moment in which it is used again. */
async function fetchPatiently(url: string, headers: Record<string, string>): Promise<Response> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await fetch(url, { headers });
    } catch (error) {
      if (attempts === 5) throw error;
      await delay(lookEveryMs);
    }
  }
}

/** `CI #1: success`, and its jobs below with their times. */
export function describeRun({ run, jobs }: FinishedRun): string {
  const head = `${run.workflowName}, run ${run.id}: ${run.conclusion}`;
  const lines = jobs.map(({ name, conclusion, startedAt, finishedAt, reason }) => {
    const mark = conclusion === 'success' ? '✓' : conclusion === 'skipped' ? '-' : '✗';
    const took = startedAt && finishedAt ? ` ${Math.round((finishedAt - startedAt) / 1000)} s` : '';
    return `  ${mark} ${name}${took}${reason === null ? '' : ` (${reason})`}`;
  });
  return [head, ...lines].join('\n');
}
