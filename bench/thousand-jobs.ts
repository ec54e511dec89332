import type { RunnerGateway } from '@slipway/contracts/runner-protocol';
import type { Store } from '@slipway/server/store';
import type { JobRequest } from '@slipway/workflow';
import { storeKinds } from '../tests/store/stores.ts';
import { median } from './measure.ts';
import type { Figure, Row } from './row.ts';

/** Jobs of which each needs the whole of the one before: the plan has to go on in between. */
function workflow(jobs: number): string {
  const stages = 4;
  const list = Array.from({ length: jobs / stages }, (_, index) => index).join(', ');
  const stage = (index: number): string => `  stage-${index}:
    ${index === 0 ? '' : `needs: stage-${index - 1}\n    `}runs-on: ubuntu-latest
    strategy: { matrix: { part: [${list}] } }
    steps: [{ run: 'true' }]
`;
  return `on: push\njobs:\n${Array.from({ length: stages }, (_, index) => stage(index)).join('')}`;
}

/**
 * What a job of a run of 1,000 costs the server, against one of a run of 100: the machine, its state, the queue. Four runners that do nothing but
 * say so.
 */
export const thousandJobsRow: Row = {
  name: 'thousand-jobs',
  async measure({ rounds }) {
    // GitHub's parser imports JSON as plain Node refuses to.
    await import('../tools/json-imports.ts');
    const figures: Figure[] = [];
    for (const { name, unavailable, create } of storeKinds) {
      if (unavailable !== null) continue;
      const kind = await create();
      try {
        figures.push(await measureStore(name, await kind.open(), Math.min(rounds, 3)));
      } finally {
        await kind.close();
      }
    }
    return figures;
  },
};

async function measureStore(name: string, store: Store, rounds: number): Promise<Figure> {
  const [{ createProject }, { inProcessServer }, { pushEvent }] = await Promise.all([
    import('@slipway/server/controller'),
    import('../tests/server/in-process-server.ts'),
    import('../tests/server/test-event.ts'),
  ]);
  await createProject({ store, now: Date.now() }, { name: 'octo/app' });
  const server = inProcessServer(store);
  const over = new AbortController();
  const runners = Array.from({ length: 4 }, (_, index) =>
    idleRunner(server.gateway, `runner-${index}`, over.signal),
  );
  let events = 0;
  const runOf = async (jobs: number): Promise<number> => {
    const event = pushEvent({ 'bench.yml': workflow(jobs) }, { deliveryId: `push-${events++}` });
    const startedAt = performance.now();
    const acceptance = await server.accept(event);
    const [run] = acceptance.kind === 'accepted' ? acceptance.runs : [];
    if (run === undefined) throw new Error('the event started nothing');
    const { conclusion } = await server.finished(run.runId);
    if (conclusion !== 'success') throw new Error(`the run ended with ${conclusion}`);
    return (performance.now() - startedAt) / jobs;
  };
  try {
    await runOf(100);
    const small: number[] = [];
    const large: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      small.push(...[await runOf(100), await runOf(100), await runOf(100)]);
      large.push(await runOf(1_000));
    }
    const [ofSmall, ofLarge] = [median(small), median(large)];
    return {
      name: `a job of a 1,000-job run, ${name}`,
      detail: `${ofLarge.toFixed(1)} ms against ${ofSmall.toFixed(1)} ms in a 100-job run; ${(ofLarge * 1000).toFixed(0)} ms the whole`,
      value: ofLarge / ofSmall,
      unit: '×',
      target: 1.5,
    };
  } finally {
    over.abort();
    await Promise.all(runners);
    await server.close();
  }
}

async function idleRunner(
  gateway: RunnerGateway<JobRequest>,
  runner: string,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const claimed = await gateway.claim({ runner, labels: ['ubuntu-latest'], waitMs: 500 }, signal);
    if (claimed === null) continue;
    const { jobId, fence } = claimed;
    await gateway.heartbeat(jobId, { fence, waitMs: 0, known: null });
    const result = {
      kind: 'job.finished' as const,
      at: Date.now(),
      conclusion: 'success' as const,
      outputs: {},
    };
    await gateway.finish(jobId, { fence, streamBytes: 0, result });
  }
}
