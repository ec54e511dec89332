import { dirname, join } from 'node:path';
import { checkoutWorkflow, copyAndRemove, manyFiles } from './checkout.ts';
import { writeManyFiles } from './many-files.ts';
import { measureInTurn, median, medianMs } from './measure.ts';
import type { Row } from './row.ts';
import { type BenchClone, type ServerProcess, startServer } from './server-process.ts';

/** From the end of a push to the end of the run that checks it out, at a server with a runner; against copying and removing as many files. */
export const serverCheckoutRow: Row = {
  name: 'server-checkout',
  async measure({ rounds, slipway }) {
    const server = await startServer(slipway, { runners: 1 });
    try {
      await server.ask('POST', '/projects', { name: 'octo/app' });
      const clone = server.clone('app', checkoutWorkflow('uses: actions/checkout@v4'));
      writeManyFiles(join(clone.path, 'many'), manyFiles);
      clone.git('add', '--all');
      const runs: number[] = [];
      const copies: number[] = [];
      for (let round = -1; round < rounds; round += 1) {
        const runMs = await pushAndRun(server, clone);
        const plain = copyAndRemove(join(clone.path, 'many'), join(dirname(clone.path), 'copy'));
        const [copied] = await measureInTurn([plain], 1);
        if (round < 0) continue;
        runs.push(runMs);
        copies.push(medianMs(copied!));
      }
      const [runMs, copyMs] = [median(runs), median(copies)];
      const detail = `${runMs.toFixed(0)} ms against ${copyMs.toFixed(0)} ms of cp and rm`;
      return [
        { name: `a server's run, ${manyFiles} files`, detail, value: runMs / copyMs, unit: '×', target: 2 },
      ];
    } finally {
      await server.stop();
    }
  },
};

async function pushAndRun(server: ServerProcess, clone: BenchClone): Promise<number> {
  const before = await newestRun(server);
  clone.git('commit', '--quiet', '--allow-empty', '--message=again');
  clone.git('push', '--quiet', 'origin', 'main');
  const startedAt = performance.now();
  let runId = before;
  while (runId === before) runId = await newestRun(server);
  for await (const _ of server.follow(`/runs/${runId}/events`));
  const tookMs = performance.now() - startedAt;
  const { conclusion } = await server.ask<{ conclusion: string | null }>('GET', `/runs/${runId}`);
  if (conclusion !== 'success') throw new Error(`the run ended with ${conclusion}`);
  return tookMs;
}

async function newestRun(server: ServerProcess): Promise<number> {
  const { runs } = await server.ask<{ runs: { id: number }[] }>('GET', '/runs?limit=1');
  return runs[0]?.id ?? 0;
}
