import { setTimeout as delay } from 'node:timers/promises';
import type { Figure, Row } from './row.ts';
import { type ServerProcess, startServer } from './server-process.ts';

const legs = 250;
const list = `[${Array.from({ length: legs }, (_, index) => index).join(', ')}]`;
const workflow = `on: push
jobs:
${['a', 'b', 'c', 'd']
  .map(
    (id) => `  ${id}:
    runs-on: [self-hosted, nobody]
    strategy: { matrix: { part: ${list} } }
    steps: [{ run: 'echo \${{ matrix.part }}' }]
`,
  )
  .join('')}`;

/** What a server holds in memory: when nothing is to be done, and with a thousand jobs in its queue. Without runners in its process. */
export const serverMemoryRow: Row = {
  name: 'server-memory',
  async measure({ slipway }) {
    const server = await startServer(slipway, { runners: 0 });
    try {
      await server.ask('POST', '/projects', { name: 'octo/app' });
      await settled();
      const atRest = server.residentBytes();
      if (atRest === null) return [];
      server.clone('app', workflow).git('push', '--quiet', 'origin', 'main');
      const queued = await untilQueued(server, 4 * legs);
      await settled();
      const full = server.residentBytes() ?? 0;
      return [
        figureOf('server memory at rest', 'without runners', { bytes: atRest, target: 150 }),
        figureOf('server memory, 1,000 queued jobs', `${queued} jobs of one run`, {
          bytes: full,
          target: 250,
        }),
      ];
    } finally {
      await server.stop();
    }
  },
};

/** Long enough for what is done once after the start, and each second. */
function settled(): Promise<void> {
  return delay(3_000);
}

async function untilQueued(server: ServerProcess, wanted: number): Promise<number> {
  for (;;) {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    const queued = Number(
      /^slipway_jobs\{state="queued",labels="nobody,self-hosted"\} (\d+)/m.exec(metrics)?.[1] ?? 0,
    );
    if (queued >= wanted) return queued;
    await delay(200);
  }
}

function figureOf(
  name: string,
  detail: string,
  { bytes, target }: { bytes: number; target: number },
): Figure {
  return { name, detail, value: bytes / 1e6, unit: 'MB', target };
}
