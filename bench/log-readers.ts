import { setTimeout as delay } from 'node:timers/promises';
import type { Figure, Row } from './row.ts';
import { type ServerProcess, startServer } from './server-process.ts';

const many = 100;
/** A line each hundredth of a second, with the moment in which it was printed. */
const workflow = `on: workflow_dispatch
jobs:
  talk:
    runs-on: ubuntu-latest
    steps:
      - run: |
          for i in $(seq 500); do echo "at $EPOCHREALTIME"; sleep 0.01; done
`;

/** How long a line of a live log is on its way to those who follow it: a hundred of them against one, and what they cost the server in memory. */
export const logReadersRow: Row = {
  name: 'log-readers',
  async measure({ slipway }) {
    const server = await startServer(slipway, { runners: 1 });
    try {
      await server.ask('POST', '/projects', { name: 'octo/app' });
      server.clone('app', workflow).git('push', '--quiet', 'origin', 'main');
      await read(server, 1);
      const before = server.residentBytes();
      const one = await read(server, 1);
      const hundred = await read(server, many);
      return [lagFigure(one, hundred), ...memoryFigure(before, hundred)];
    } finally {
      await server.stop();
    }
  },
};

interface Reading {
  /** 95 of 100 lines are there sooner. */
  lagMs: number;
  lines: number;
  /** The most that the server held. */
  residentBytes: number | null;
}

async function read(server: ServerProcess, readers: number): Promise<Reading> {
  const { runId } = await server.ask<{ runId: number }>('POST', '/projects/octo/app/dispatches', {
    workflow: 'bench.yml',
  });
  const jobId = await firstJob(server, runId);
  const lags: number[] = [];
  let residentBytes: number | null = null;
  const watch = setInterval(() => {
    residentBytes = Math.max(residentBytes ?? 0, server.residentBytes() ?? 0);
  }, 50);
  await Promise.all(
    Array.from({ length: readers }, async () => {
      for await (const { event, data } of server.follow(`/jobs/${jobId}/log`)) {
        if (event === 'step.log') lags.push(...lagsOf((JSON.parse(data) as { text: string }).text));
      }
    }),
  );
  clearInterval(watch);
  const sorted = lags.toSorted((a, b) => a - b);
  return {
    lagMs: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
    lines: lags.length / readers,
    residentBytes,
  };
}

function lagsOf(text: string): number[] {
  const now = Date.now();
  return [...text.matchAll(/^at (\d+)\.(\d{3})/gm)].map(
    ([, seconds, rest]) => now - Number(`${seconds}${rest}`),
  );
}

async function firstJob(server: ServerProcess, runId: number): Promise<number> {
  for (;;) {
    const { jobs } = await server.ask<{ jobs: { id: number | null }[] }>('GET', `/runs/${runId}/jobs`);
    const id = jobs[0]?.id ?? null;
    if (id !== null) return id;
    await delay(2);
  }
}

function lagFigure(one: Reading, hundred: Reading): Figure {
  return {
    name: `live log to ${many} readers, against 1`,
    detail: `p95 of the way of a line: ${hundred.lagMs} ms against ${one.lagMs} ms; ${hundred.lines} of 500 lines at each`,
    value: hundred.lagMs / Math.max(1, one.lagMs),
    unit: '×',
    target: 5,
  };
}

function memoryFigure(before: number | null, { residentBytes }: Reading): Figure[] {
  if (before === null || residentBytes === null) return [];
  return [
    {
      name: `server memory, ${many} log readers`,
      detail: `${(before / 1e6).toFixed(0)} MB before, with a runner in the process`,
      value: residentBytes / 1e6,
      unit: 'MB',
      target: 300,
    },
  ];
}
