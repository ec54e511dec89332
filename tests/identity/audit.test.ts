import type { AuditPage } from '@slipway/contracts/api/identity';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Served, serveForTest, workflow } from '../server/served.ts';
import { storeKinds } from '../store/stores.ts';
import { openBrowser } from './browser.ts';
import { type People, peopleOf } from './people.ts';

describe.each(storeKinds)('the audit log on $name', ({ unavailable, create }) => {
  test('can be added to, and changed by nothing', async (context) => {
    if (unavailable !== null) return context.skip(unavailable);
    const kind = await create();
    try {
      const store = await kind.open();
      const entry = {
        at: 1,
        actor: 'ada',
        action: 'x',
        project: null,
        subject: 's',
        outcome: 'done',
      } as const;
      await store
        .insertInto('audit')
        .values({ ...entry, detail: '{}' })
        .execute();
      const sealed = /can only be added to/;
      await expect(store.updateTable('audit').set({ actor: 'eve' }).execute()).rejects.toThrow(sealed);
      await expect(store.deleteFrom('audit').execute()).rejects.toThrow(sealed);
      expect(await store.selectFrom('audit').select('actor').execute()).toEqual([{ actor: 'ada' }]);
    } finally {
      await kind.close();
    }
  });
});

let served: Served;
let people: People;
let developer: string;

beforeAll(async () => {
  served = await serveForTest();
  people = peopleOf(served);
  const clone = await served.project('octo/app', {
    ...workflow(
      'go.yml',
      'on: workflow_dispatch\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: "true" }] }\n',
    ),
    ...workflow(
      'wait.yml',
      'on: workflow_dispatch\njobs:\n  a: { runs-on: nobody, steps: [{ run: "true" }] }\n',
    ),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
  developer = await people.user('dev', { 'octo/app': 'developer' });
});
afterAll(() => served.close());

async function audit(query = '', token: string = served.token): Promise<AuditPage> {
  return (await people.ask<AuditPage>(token, 'GET', `/audit${query}`)).body;
}
const lines = ({ entries }: AuditPage) =>
  entries.map(({ actor, action, subject, outcome }) => `${actor} ${action} ${subject} ${outcome}`);

test('tells what people did and what was refused to them, and nobody else reads it', async () => {
  const dispatch = { workflow: 'go.yml' };
  const { body: run } = await people.ask<{ runId: number }>(
    developer,
    'POST',
    '/projects/octo/app/dispatches',
    dispatch,
  );
  await served.finished(run.runId);
  await people.ask(developer, 'POST', `/runs/${run.runId}/rerun`, {});
  await people.ask(developer, 'POST', `/runs/${run.runId}/cancel`, {});
  await people.ask(developer, 'PUT', '/projects/octo/app/secrets/KEY', { value: 'do-not-tell' });
  await people.ask(developer, 'PUT', '/projects/octo/app/secrets/KEY', { value: 'do-not-tell' });
  await served.ask('PUT', '/projects/octo/app/secrets/KEY', { value: 'do-not-tell' });
  const all = await audit('?limit=200');
  const told = lines(all);
  expect(told).toEqual(
    expect.arrayContaining([
      'admin project.created octo/app done',
      'admin user.made user dev done',
      'admin role.changed user dev done',
      'admin token.made token 1 test of dev done',
      `dev run.dispatched run ${run.runId} done`,
      `dev run.rerun run ${run.runId} done`,
    ]),
  );
  expect(JSON.stringify(all)).not.toContain('do-not-tell');
  const refused = await audit('?outcome=refused&actor=dev');
  expect(refused.entries).toMatchObject([
    {
      action: 'request.refused',
      outcome: 'refused',
      detail: { path: '/api/v1/projects/octo/app/secrets/KEY', code: 'forbidden' },
    },
  ]);
  expect((await people.ask(developer, 'GET', '/audit')).status).toBe(403);
  expect((await people.ask(developer, 'GET', '/audit?project=octo/app')).status).toBe(403);
  const owner = await people.user('owner', { 'octo/app': 'admin' });
  const own = await audit('?project=OCTO/app&limit=200', owner);
  expect(own.entries.length).toBeGreaterThan(3);
  expect(new Set(own.entries.map(({ project }) => project))).toEqual(new Set(['octo/app']));
});

test("tells the same of what is asked for through GitHub's API", async () => {
  const at = `${served.server.url}/api/v3/repos/octo/app`;
  const headers = { authorization: `token ${developer}`, 'content-type': 'application/json' };
  const ask = async (path: string, body: object = {}) => {
    const response = await fetch(`${at}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(response.ok, await response.clone().text()).toBe(true);
    return response;
  };
  const dispatched = await ask('/actions/workflows/go.yml/dispatches', {
    ref: 'main',
    return_run_details: true,
  });
  const { workflow_run_id: id } = (await dispatched.json()) as { workflow_run_id: number };
  await served.finished(id);
  await ask(`/actions/runs/${id}/rerun`);
  await ask('/dispatches', { event_type: 'greet' });
  const waiting = await ask('/actions/workflows/wait.yml/dispatches', {
    ref: 'main',
    return_run_details: true,
  });
  const { workflow_run_id: other } = (await waiting.json()) as { workflow_run_id: number };
  await ask(`/actions/runs/${other}/cancel`);
  await served.finished(other);
  expect(lines(await audit('?actor=dev&limit=200'))).toEqual(
    expect.arrayContaining([
      `dev run.dispatched run ${id} done`,
      `dev run.rerun run ${id} done`,
      'dev event.dispatched event greet done',
      `dev run.cancelled run ${other} done`,
    ]),
  );
});

test('tells of sign-ins, good and bad, and can be searched and paged through', async () => {
  const begun = Date.now();
  const password = 'correct horse battery staple';
  await openBrowser().submit(served.server.firstAdminLink ?? '', { user: 'ada', password });
  await openBrowser().submit(`${served.server.url}/sign-in`, { user: 'ada', password: 'wrong' });
  await openBrowser().submit(`${served.server.url}/sign-in`, { user: 'ada', password });
  expect(lines(await audit(`?action=sign-in&since=${begun}`))).toEqual([
    'ada sign-in user ada done',
    ' sign-in user ada refused',
    'ada sign-in user ada done',
  ]);
  expect(lines(await audit('?action=token.')).every((line) => line.includes(' token.'))).toBe(true);
  const seen: number[] = [];
  for (let cursor: number | null = 1_000_000; cursor !== null; ) {
    const { entries, next }: AuditPage = await audit(`?limit=3&cursor=${cursor}`);
    seen.push(...entries.map(({ id }) => id));
    cursor = next;
  }
  const { entries } = await audit('?limit=200');
  expect(seen).toEqual(entries.map(({ id }) => id));
});
