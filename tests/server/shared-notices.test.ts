import { setTimeout as delay } from 'node:timers/promises';
import { createNotices, shareNotices } from '@slipway/server/controller';
import type { Store } from '@slipway/server/store';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { storeKinds } from '../store/stores.ts';
import { children, push, serve, slipway, useServeFolder } from './serving.ts';

useServeFolder();

test('two servers of one PostgreSQL tell each other what is new: a runner of one is given what was pushed to the other', async (context) => {
  const [, postgres] = storeKinds;
  if (postgres.unavailable !== null) return context.skip(postgres.unavailable);
  const kind = await postgres.create();
  const database = kind.location.kind === 'postgres' ? kind.location.url : '';
  const store = await kind.open();
  const notices = createNotices();
  const heard: string[] = [];
  notices.watchAll((topic) => heard.push(topic));
  const endHearing = shareNotices(notices, { url: database, onTrouble: () => {} });
  try {
    const both = ['--listen', '127.0.0.1:0', '--database', database, '--runners'];
    const first = await serve(...both, '0');
    const second = await serve(...both, '1', '--labels', 'ubuntu-latest');
    await listeners(store, 3);
    const projects = await slipway(first, 'project', 'create', 'octo/app');
    expect(projects.status).toBe(0);
    await push(first, '      - run: echo done by the other\n');
    const log = await slipway({ url: second.url, token: first.token }, 'logs', '-f', '1');
    expect(log).toMatchObject({ status: 0, stdout: expect.stringContaining('done by the other\n') });
    // To the driver, whichever it is; to the runner that waits; and to the driver again.
    expect(heard).toContain('project:octo/app');
    expect(heard).toContain('queue');
    expect(heard.lastIndexOf('project:octo/app')).toBeGreaterThan(heard.indexOf('queue'));
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await endHearing();
    await kind.close();
  }
}, 120_000);

/** Waits until so many listen to what servers tell each other. */
async function listeners(store: Store, count: number): Promise<void> {
  for (;;) {
    const { rows } = await sql`select 1 from pg_stat_activity where query = 'listen slipway'`.execute(store);
    if (rows.length >= count) return;
    await delay(50);
  }
}
