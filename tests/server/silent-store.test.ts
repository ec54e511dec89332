import { expect, test } from 'vitest';
import { startStoreProxy } from '../store/store-proxy.ts';
import { storeKinds } from '../store/stores.ts';
import { serveForTest, workflow } from './served.ts';

const [, postgres] = storeKinds;

test('a server whose store has fallen silent ends all the same, and says what it leaves', async (context) => {
  if (postgres.unavailable !== null) return context.skip(postgres.unavailable);
  const kind = await postgres.create();
  const { location } = kind;
  const proxy = await startStoreProxy(location.kind === 'postgres' ? location.url : '');
  const served = await serveForTest({ labels: [], location: { kind: 'postgres', url: proxy.url } });
  try {
    const clone = await served.project(
      'octo/app',
      workflow('ci.yml', 'on: push\njobs: { a: { runs-on: nobody, steps: [{ run: echo }] } }\n'),
    );
    await clone.git('push', '--quiet', 'origin', 'main');
    await served.job(1, 'a', ({ status }) => status === 'queued');
    proxy.fallSilent();
    await served.close();
    const said = served.trouble.map((details) => String((details as { err: Error }).err));
    expect(said).toContainEqual(expect.stringContaining('octo/app is left to the next server'));
  } finally {
    await proxy.close();
    await kind.close();
  }
}, 120_000);
