import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { median } from './measure.ts';
import type { Figure, Row } from './row.ts';
import { type BenchClone, type ServerProcess, startServer } from './server-process.ts';

const workflow = `on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - run: echo the first line
`;

/**
 * From the start of `git push` to the first line of the job's step at somebody who follows the log: git over HTTP, the event, its run, the queue, a
 * runner, a workspace, a shell and the way back. Against a push of as much to a bare repository on the same disk.
 */
export const pushToLogRow: Row = {
  name: 'push-to-log',
  async measure({ rounds, slipway }) {
    const server = await startServer(slipway, { runners: 1 });
    try {
      await server.ask('POST', '/projects', { name: 'octo/app' });
      const clone = server.clone('app', workflow);
      const bare = join(server.folder, 'bare.git');
      execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', bare]);
      clone.git('remote', 'add', 'bare', bare);
      const pushed: number[] = [];
      const raw: number[] = [];
      for (let round = -1; round < rounds; round += 1) {
        clone.git('commit', '--quiet', '--allow-empty', '--message=again');
        const rawMs = timed(() => clone.git('push', '--quiet', 'bare', 'main'));
        const pushedMs = await pushToLog(server, clone);
        if (round < 0) continue;
        raw.push(rawMs);
        pushed.push(pushedMs);
      }
      return [figureOf(pushed, raw)];
    } finally {
      await server.stop();
    }
  },
};

function figureOf(pushed: readonly number[], raw: readonly number[]): Figure {
  const [ours, theirs] = [median(pushed), median(raw)];
  return {
    name: 'push to first log line',
    detail: `${ours.toFixed(0)} ms against ${theirs.toFixed(0)} ms of a push to a bare repository`,
    value: ours / theirs,
    unit: '×',
    target: 25,
  };
}

function timed(act: () => void): number {
  const startedAt = performance.now();
  act();
  return performance.now() - startedAt;
}

async function pushToLog(server: ServerProcess, clone: BenchClone): Promise<number> {
  const before = await newestRun(server);
  const startedAt = performance.now();
  clone.git('push', '--quiet', 'origin', 'main');
  let runId = before;
  while (runId === before) runId = await newestRun(server);
  const jobId = await firstJob(server, runId);
  for await (const { event, data } of server.follow(`/jobs/${jobId}/log`)) {
    // The script itself is shown before what it prints.
    if (event === 'step.log' && /(^|\n)the first line\n/.test((JSON.parse(data) as { text: string }).text)) {
      const tookMs = performance.now() - startedAt;
      await untilFinished(server, runId);
      return tookMs;
    }
  }
  throw new Error('the job said nothing');
}

async function newestRun(server: ServerProcess): Promise<number> {
  const { runs } = await server.ask<{ runs: { id: number }[] }>('GET', '/runs?limit=1');
  return runs[0]?.id ?? 0;
}

async function firstJob(server: ServerProcess, runId: number): Promise<number> {
  for (;;) {
    const { jobs } = await server.ask<{ jobs: { id: number | null }[] }>('GET', `/runs/${runId}/jobs`);
    const id = jobs[0]?.id ?? null;
    if (id !== null) return id;
    await delay(2);
  }
}

async function untilFinished(server: ServerProcess, runId: number): Promise<void> {
  for await (const _ of server.follow(`/runs/${runId}/events`));
}
