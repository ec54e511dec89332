import { errorTable } from '@slipway/contracts/errors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Served, serveForTest, workflow } from '../server/served.ts';
import { type ApiRoute, readApiRoutes } from './api-routes.ts';
import { type People, type ProjectRole, peopleOf } from './people.ts';

/** Routes that answer everybody who is known: about the one who asks, or with what that one may see. */
const forEverybody = new Set([
  'GET /user',
  'POST /user/password',
  'GET /projects',
  'GET /runs',
  'GET /queue',
  'GET /approvals',
  'GET /events',
  'GET /tokens',
  'POST /tokens',
  'DELETE /tokens/{token}',
]);
/** What readers may do besides reading; all other changes want a developer at least. */
const forReaders = new Set([
  // Reviewers are named by the environment.
  'POST /approvals/{approval}/decision',
  // A plan says what would be done; nothing comes of it by itself.
  'POST /projects/{owner}/{name}/deployments/plan',
  // As on GitHub; what a reader's pull request starts waits for approval, and a reader's review counts for nothing.
  'POST /projects/{owner}/{name}/pull-requests',
  'PATCH /projects/{owner}/{name}/pull-requests/{number}',
  'POST /projects/{owner}/{name}/pull-requests/{number}/reviews',
  'POST /projects/{owner}/{name}/pull-requests/{number}/reviews/{review}/dismiss',
]);

/** Who may at least; a route that is not here is held to the rules for all. */
const leastRole: Record<string, ProjectRole | 'server-admin'> = {
  'GET /projects/{owner}/{name}': 'reader',
  'PATCH /projects/{owner}/{name}': 'admin',
  'GET /projects/{owner}/{name}/events': 'reader',
  'GET /projects/{owner}/{name}/caches': 'reader',
  'GET /projects/{owner}/{name}/schedules': 'reader',
  'GET /projects/{owner}/{name}/members': 'reader',
  'PUT /projects/{owner}/{name}/members/{user}': 'admin',
  'DELETE /projects/{owner}/{name}/members/{user}': 'admin',
  'POST /projects/{owner}/{name}/dispatches': 'developer',
  'POST /projects/{owner}/{name}/repository-dispatches': 'developer',
  'GET /runs/{run}': 'reader',
  'GET /runs/{run}/attempts': 'reader',
  'GET /runs/{run}/jobs': 'reader',
  'GET /runs/{run}/events': 'reader',
  'GET /runs/{run}/artifacts': 'reader',
  'POST /runs/{run}/cancel': 'developer',
  'POST /runs/{run}/rerun': 'developer',
  'GET /jobs/{job}/log': 'reader',
  'GET /jobs/{job}/steps': 'reader',
  'GET /jobs/{job}/stream': 'reader',
  'GET /runners': 'reader',
  'POST /projects': 'server-admin',
  'GET /users': 'server-admin',
  'POST /users': 'server-admin',
  'PATCH /users/{user}': 'server-admin',
  'POST /users/{user}/link': 'server-admin',
  'GET /audit': 'server-admin',
};

const ranks = ['reader', 'developer', 'deployer', 'admin', 'server-admin'] as const;
const here = { owner: 'octo', name: 'app', user: 'spare' };
const elsewhere = { owner: 'octo', name: 'nothing-here', run: 999_999, job: 999_999, user: 'nobody' };

let served: Served;
let people: People;
let routes: ApiRoute[];
let given: Record<string, string | number>;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  const clock = { ahead: 0 };
  served = await serveForTest({
    labels: ['ubuntu-latest'],
    signInLimits: { tokensPerMinute: 1_000_000 },
    now: () => Date.now() + clock.ahead,
  });
  people = peopleOf(served);
  const ci =
    'on: [push, workflow_dispatch]\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: "true" }] }\n';
  for (const name of ['octo/app', 'octo/other']) {
    const clone = await served.project(name, workflow('ci.yml', ci));
    await clone.git('push', '--quiet', 'origin', 'main');
  }
  const [run] = await served.runs('?project=octo/app');
  await served.finished(run?.id ?? 0);
  const job = await served.job(run?.id ?? 0, 'a', ({ id }) => id !== null);
  given = { ...here, run: run?.id ?? 0, job: job.id ?? 0 };
  await people.user('spare', { 'octo/app': 'reader' });
  for (const role of ranks.slice(0, 4) as ProjectRole[]) {
    tokens[role] = await people.user(`the-${role}`, { 'octo/app': role });
  }
  tokens['server-admin'] = served.token;
  tokens.stranger = await people.user('stranger');
  tokens.neighbour = await people.user('neighbour', { 'octo/other': 'admin' });
  const admins = { kind: 'person', user: 'the-admin' } as const;
  tokens['under-scoped'] = (await people.token({ ...admins, name: 'nothing', scopes: [] })).token;
  tokens['of another project'] = (
    await people.token({ ...admins, name: 'elsewhere', project: 'octo/other' })
  ).token;
  tokens.runner = (await people.token({ kind: 'runner', name: 'pool' })).token;
  const revoked = await people.token({ ...admins, name: 'revoked' });
  await served.ask('DELETE', `/tokens/${revoked.id}`);
  tokens.revoked = revoked.token;
  clock.ahead = -2 * 24 * 60 * 60_000;
  tokens.expired = (await people.token({ ...admins, name: 'expired', expiresInDays: 1 })).token;
  clock.ahead = 0;
  routes = await readApiRoutes(served.server.url);
});
afterAll(() => served.close());

/** Asks for everything that is not open to everybody. */
async function askAll(token: string | null, act: (route: ApiRoute, answer: Answer) => void): Promise<void> {
  for (const route of routes.filter(({ isOpen }) => !isOpen)) {
    act(route, await people.ask(token, route.method, route.path(given), route.body));
  }
}
type Answer = Awaited<ReturnType<People['ask']>>;

describe('every route of the REST interface', () => {
  test('is described, and those that are open are the two by which one becomes known', () => {
    expect(routes.length).toBeGreaterThan(40);
    const open = routes.filter(({ isOpen }) => isOpen).map(({ name }) => name);
    expect(open).toEqual(['POST /session', 'POST /session/token']);
    const names = routes.map(({ name }) => name);
    for (const name of [...forEverybody, ...forReaders, ...Object.keys(leastRole)])
      expect(names).toContain(name);
  });

  test.each([
    ['no token', null],
    ['a token that never was', 'slipway_never'],
    ['an expired one', 'expired'],
    ['a revoked one', 'revoked'],
  ])('answers %s with 401 and nothing else', async (_, who) => {
    const token = who === null ? null : (tokens[who] ?? who);
    const refusal = { code: 'unauthorized', message: errorTable.unauthorized.message };
    await askAll(token, ({ name }, { status, body }) => {
      expect([name, status, body]).toEqual([name, 401, { error: refusal }]);
    });
  });

  test.each(['under-scoped', 'of another project', 'stranger', 'neighbour', 'runner'])(
    'answers a token that is %s with 403, the same whether what it asks for exists or not',
    async (who) => {
      for (const route of routes.filter(({ isOpen, name }) => !isOpen && !forEverybody.has(name))) {
        const token = tokens[who] ?? '';
        const answer = await people.ask(token, route.method, route.path(given), route.body);
        // What this one may see of its own project is no secret.
        if (route.name === 'GET /runners' && answer.status === 200) continue;
        expect([route.name, answer.status, answer.body]).toEqual([
          route.name,
          403,
          { error: { code: 'forbidden', message: errorTable.forbidden.message } },
        ]);
        const other = await people.ask(
          token,
          route.method,
          route.path({ ...given, ...elsewhere }),
          route.body,
        );
        expect([route.name, other.status, other.body]).toEqual([route.name, 403, answer.body]);
      }
    },
  );

  test('lets readers change nothing', async () => {
    for (const route of routes.filter((one) => !one.isOpen && one.method !== 'GET')) {
      if (forEverybody.has(route.name) || forReaders.has(route.name)) continue;
      const { status } = await people.ask(tokens.reader ?? '', route.method, route.path(given), route.body);
      expect([route.name, status]).toEqual([route.name, 403]);
    }
  });

  test('refuses each role below the least, and lets that one in', async () => {
    for (const route of routes) {
      const least = leastRole[route.name];
      if (least === undefined) continue;
      for (const [rank, role] of ranks.entries()) {
        const isEnough = rank >= ranks.indexOf(least);
        // Once is enough of what changes something.
        if (isEnough && route.method !== 'GET' && role !== least) continue;
        const { status } = await people.ask(tokens[role] ?? '', route.method, route.path(given), route.body);
        const isLetIn = status !== 401 && status !== 403;
        expect([route.name, role, status, isLetIn]).toEqual([route.name, role, status, isEnough]);
      }
    }
  });
});

test('lists show what one may see, and nothing of anything else', async () => {
  for (const [who, visible] of [
    ['stranger', []],
    ['under-scoped', []],
    ['of another project', []],
    ['reader', ['octo/app']],
    ['neighbour', ['octo/other']],
    ['server-admin', ['octo/app', 'octo/other']],
  ] as const) {
    const token = tokens[who] ?? '';
    const { body: projects } = await people.ask<{ projects: { name: string }[] }>(token, 'GET', '/projects');
    expect([who, projects.projects.map(({ name }) => name)]).toEqual([who, visible]);
    const { body: runs } = await people.ask<{ runs: { project: string }[] }>(token, 'GET', '/runs');
    expect([who, [...new Set(runs.runs.map(({ project }) => project))].toSorted()]).toEqual([who, visible]);
  }
  for (const path of ['/projects', '/runs', '/queue', '/approvals']) {
    const { body } = await people.ask<Record<string, unknown>>(tokens.stranger ?? '', 'GET', path);
    for (const listed of Object.values(body).filter(Array.isArray))
      expect([path, listed]).toEqual([path, []]);
  }
  for (const path of ['/runs', '/queue', '/events']) {
    for (const project of ['octo/app', 'octo/nothing-here']) {
      const { status } = await people.ask(tokens.stranger ?? '', 'GET', `${path}?project=${project}`);
      expect([path, project, status]).toEqual([path, project, 403]);
    }
  }
});
