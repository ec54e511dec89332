import { expect, test } from 'vitest';
import { storeKinds } from '../store/stores.ts';
import { serveForTest, workflow } from './served.ts';

const postgres = storeKinds.find(({ name }) => name === 'PostgreSQL');

test('two servers share a database and a data folder: what is pushed to one is run and read by the other', async (context) => {
  if (postgres === undefined || postgres.unavailable !== null)
    context.skip(postgres?.unavailable ?? 'no PostgreSQL');
  const store = await postgres?.create();
  const location = store?.location;
  if (location === undefined) throw new Error('no store');
  const adminToken = 'slipway_both_servers_take_this_token';
  const first = await serveForTest({ location, adminToken, labels: [] });
  const second = await serveForTest({ location, adminToken, data: first.data, labels: ['ubuntu-latest'] });
  try {
    const clone = await first.project('octo/app', {
      'a.txt': 'of the shared folder\n',
      ...workflow(
        'ci.yml',
        `on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: cat a.txt
`,
      ),
    });
    await clone.git('push', '--quiet', 'origin', 'main');
    const [run] = await second.runs();
    expect(await first.finished(run?.id ?? 0)).toMatchObject({ conclusion: 'success' });
    expect(await first.log(run?.id ?? 0, 'a')).toContain('of the shared folder');
    expect(await second.log(run?.id ?? 0, 'a')).toContain('of the shared folder');
  } finally {
    await second.close();
    await first.close();
    await store?.close();
  }
}, 120_000);
