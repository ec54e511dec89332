import { createHash } from 'node:crypto';
import type {
  DeploymentAnswer,
  DeploymentEventAnswer,
  DoraAnswer,
  ReleaseAnswer,
  RollbackAnswer,
  RolloutEnvironmentAnswer,
} from '@slipway/contracts/api/delivery';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Clone, type Served, serveForTest } from '../server/served.ts';
import { type RememberingTarget, rememberingTarget } from './remembering-target.ts';

const config = (more = '') => `components:
  api: { role: service, options: { port: 8000 } }
environments:
  staging: { target: process, strategy: { kind: blue-green, bake: 0s } }
  production:
    target: process
    requires: staging
    strategy: { kind: canary, steps: [{ weight: 20%, hold: 0s, promotion: true }], bake: 0s }
    gates: { tests: [e2e], stated-by: anyone }
${more}`;

let served: Served;
let clone: Clone;
let target: RememberingTarget;
const root = '/projects/octo/app';

beforeAll(async () => {
  target = rememberingTarget();
  served = await serveForTest({
    labels: [],
    delivery: {
      host: {
        command: (args) => ({ file: 'false', args }),
        openTarget: async ({ environment }) => (environment === 'production' ? target : rememberingTarget()),
        openMetrics: async () => ({ measure: async () => ({ kind: 'no-data' }) }),
      },
    },
  });
  clone = await served.project('octo/app', { 'slipway.yml': config() });
  await clone.git('push', '--quiet', 'origin', 'main');
});
afterAll(() => served.close());

const ask = <Answer>(method: string, path: string, body?: unknown) =>
  served.ask<Answer & { error?: { code: string; message: string } }>(method, `${root}${path}`, body);

async function upload(bytes: string, digest = digestOf(bytes)) {
  const response = await fetch(`${served.server.url}/api/v1${root}/bundles/${digest}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${served.token}` },
    body: bytes,
  });
  return { status: response.status, digest, body: await response.text() };
}
const digestOf = (bytes: string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

async function release(message: string): Promise<ReleaseAnswer> {
  const commit = await clone.commit(message);
  await clone.git('push', '--quiet', 'origin', 'main');
  const { digest } = await upload(message);
  const { status, body } = await ask<ReleaseAnswer>('POST', '/releases', {
    commit,
    components: { api: digest },
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

/** Follows it to its end, from after an event that is known. */
async function follow(
  id: number,
  last = '',
): Promise<{ events: DeploymentEventAnswer[]; deployment: DeploymentAnswer }> {
  const response = await fetch(`${served.server.url}/api/v1${root}/deployments/${id}/events`, {
    headers: { authorization: `Bearer ${served.token}`, accept: 'text/event-stream', 'last-event-id': last },
  });
  const messages = (await response.text()).split('\n\n').filter((message) => message.includes('data: '));
  const [end = '', ...events] = messages
    .map((message) => /^data: (.*)$/m.exec(message)?.[1] ?? '')
    .toReversed();
  return { events: events.toReversed().map((data) => JSON.parse(data)), deployment: JSON.parse(end) };
}

async function ended(id: number): Promise<{ deployment: DeploymentAnswer; lines: string[] }> {
  const { events, deployment } = await follow(id);
  return { deployment, lines: events.flatMap(({ lines }) => lines) };
}

async function deploy(environment: string, one: ReleaseAnswer): Promise<DeploymentAnswer> {
  const { status, body } = await ask<DeploymentAnswer>('POST', '/deployments', {
    environment,
    release: one.tag,
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

/** Until it waits for a person. */
async function waiting(id: number): Promise<void> {
  for (;;) {
    const { body } = await ask<DeploymentAnswer>('GET', `/deployments/${id}`);
    if (body.step?.text.includes('promote')) return;
    if (body.isEnded) throw new Error(JSON.stringify(body));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('bytes that are not those of the digest are refused, and a release of what is not here too', async () => {
  const wrong = await upload('other', digestOf('this'));
  expect(wrong).toMatchObject({ status: 422 });
  expect(wrong.body).toContain('digest-mismatch');
  const commit = await clone.git('rev-parse', 'HEAD');
  const unknown = await ask('POST', '/releases', { commit, components: { api: digestOf('this') } });
  expect(unknown.body.error).toMatchObject({
    code: 'invalid-release',
    message: expect.stringContaining('api'),
  });
  const mutable = await ask('POST', '/releases', { commit, components: { api: 'registry/api:latest' } });
  expect(mutable.body.error?.message).toContain('can come to mean something else');
  const surplus = await ask('POST', '/releases', {
    commit,
    components: { api: (await upload('x')).digest, web: digestOf('y') },
  });
  expect(surplus.body.error?.message).toContain('web is not in slipway.yml');
  await clone.git('checkout', '--quiet', '-b', 'feature');
  const aside = await clone.commit('aside');
  await clone.git('push', '--quiet', 'origin', 'feature');
  await clone.git('checkout', '--quiet', 'main');
  const { digest } = await upload('x');
  const foreign = { commit: aside, ref: 'refs/heads/main', components: { api: digest } };
  const claimed = await ask('POST', '/releases', foreign);
  expect(claimed.body.error?.message).toContain('is not on refs/heads/main');
  expect((await ask('POST', '/releases', { commit: 'f'.repeat(40), components: {} })).body.error?.code).toBe(
    'unknown-ref',
  );
});

test('a build is one release by its time, however often it is reported, and never another one', async () => {
  const commit = await clone.git('rev-parse', 'HEAD');
  const { digest } = await upload('built');
  const builtAt = Date.UTC(2026, 0, 2, 3, 4, 5);
  const build = { commit, builtAt, components: { api: digest } };
  const { body: first } = await ask<ReleaseAnswer>('POST', '/releases', build);
  expect(first.tag).toMatch(new RegExp(`-${commit.slice(0, 12)}-20260102T030405Z$`));
  const { body: again } = await ask<ReleaseAnswer>('POST', '/releases', build);
  expect(again).toEqual(first);
  const evidence = [{ kind: 'tests', name: 'late', conclusion: 'failure' }];
  for (let times = 0; times < 2; times += 1) {
    const { body: told } = await ask<ReleaseAnswer>('POST', '/releases', { ...build, evidence });
    expect(told).toMatchObject({ id: first.id, evidence });
    expect(told.evidence).toHaveLength(1);
  }
  const { digest: other } = await upload('built otherwise');
  const clash = await ask('POST', '/releases', { ...build, components: { api: other } });
  expect(clash.body.error).toMatchObject({ code: 'invalid-release', field: 'builtAt' });
  const early = await ask('POST', '/releases', { ...build, builtAt: Date.now() + 3_600_000 });
  expect(early.body.error?.message).toContain("can't be built in the future");
});

test('the way of two releases: staging first, evidence, promotion, going back, and the figures', async () => {
  const first = await release('one');
  expect(first.tag).toMatch(/-\d{8}T\d{6}Z$/);
  const early = await ask('POST', '/deployments', { environment: 'production', release: 'latest' });
  expect(early.body.error).toMatchObject({ code: 'policy-refused' });
  expect(early.body.error?.message).toContain('have not completed on staging');
  expect(early.body.error?.message).toContain('no success of the tests “e2e”');
  const staged = await deploy('Staging', first);
  expect(staged.environment).toBe('staging');
  expect((await ended(staged.id)).deployment.state).toBe('completed');
  await ask('POST', `/releases/${first.id}/evidence`, {
    evidence: [{ kind: 'tests', name: 'e2e', conclusion: 'success' }],
  });
  const { deployment, lines } = await ended((await deploy('production', first)).id);
  expect(deployment).toMatchObject({ state: 'completed', weight: 100, release: { tag: first.tag } });
  expect(lines.at(-1)).toBe('Completed: the new revision serves all.');
  const { events } = await follow(deployment.id);
  const rest = await follow(deployment.id, String(events[2]?.id));
  expect(rest).toEqual({ events: events.slice(3), deployment });

  const second = await release('two');
  await ended((await deploy('staging', second)).id);
  await ask('POST', `/releases/latest/evidence`, {
    evidence: [{ kind: 'tests', name: 'e2e', conclusion: 'success' }],
  });
  const { id } = await deploy('production', second);
  await waiting(id);
  const wrong = await ask('POST', `/deployments/${id}/resume`, {});
  expect(wrong.body.error).toMatchObject({ code: 'deployment-not-there' });
  expect((await ask('POST', `/deployments/${id}/promote`, {})).status).toBe(200);
  expect((await ended(id)).deployment.state).toBe('completed');

  const { body: back } = await ask<RollbackAnswer>('POST', '/rollbacks', { environment: 'production' });
  expect(back).toMatchObject({
    kind: 'requested',
    deployment: { haste: 'rollback', release: { tag: first.tag } },
  });
  // It has no steps that wait for anybody.
  expect((await ended(back.deployment.id)).deployment.state).toBe('completed');
  const older = await ask('POST', '/rollbacks', { environment: 'production', to: '999' });
  expect(older.body.error?.code).toBe('unknown-release');

  const { body } = await ask<{ environments: RolloutEnvironmentAnswer[] }>('GET', '/delivery');
  expect(body.environments.find(({ name }) => name === 'production')).toMatchObject({
    release: { tag: first.tag },
    frozen: null,
  });
  const dora = await ask<DoraAnswer>('GET', '/delivery/production/dora?days=7');
  expect(dora.body).toMatchObject({ deployments: 2, failures: 1, changeFailureRate: 0.5 });

  const metrics = await (await fetch(`${served.server.url}/metrics`)).text();
  const labels = 'project="octo/app",environment="production"';
  expect(metrics).toContain(`slipway_deployments{${labels},state="completed"} 3`);
  expect(metrics).toContain(`slipway_environment_frozen{${labels}} 0`);
});

test('a plan that was shown is carried out only as long as it fits', async () => {
  const one = await release('three');
  const planned = await ask<{ planHash: string }>('POST', '/deployments/plan', {
    environment: 'staging',
    release: String(one.id),
  });
  const { planHash } = planned.body;
  const urgent = await ask('POST', '/deployments', {
    environment: 'staging',
    release: String(one.id),
    haste: 'urgent',
    planHash,
  });
  expect(urgent.body.error).toMatchObject({ code: 'stale-plan', field: 'haste' });
  await clone.write({ 'slipway.yml': config().replace('bake: 0s } }', 'bake: 1s } }') });
  await clone.commit('bake longer');
  await clone.git('push', '--quiet', 'origin', 'main');
  const stale = await ask('POST', '/deployments', {
    environment: 'staging',
    release: String(one.id),
    planHash,
  });
  expect(stale.body.error).toMatchObject({
    code: 'stale-plan',
    message: expect.stringContaining('the steps'),
  });
  const never = 'f'.repeat(64);
  const unknown = await ask('POST', '/deployments', {
    environment: 'staging',
    release: 'latest',
    planHash: never,
  });
  expect(unknown.body.error?.code).toBe('stale-plan');
});

test('what can not be meant is one error with its mend, and nothing is changed', async () => {
  const deeds = target.deeds.length;
  const nowhere = await ask('POST', '/deployments', { environment: 'prod', release: 'latest' });
  expect(nowhere.body.error).toMatchObject({ code: 'unknown-environment' });
  expect(nowhere.body.error?.message).toContain('staging, production');
  expect(
    (await ask('POST', '/deployments', { environment: 'staging', release: 'v99' })).body.error?.code,
  ).toBe('unknown-release');
  await clone.write({ 'slipway.yml': config('  third: { target: process, strategy: gentel }\n') });
  await clone.commit('broken');
  await clone.git('push', '--quiet', 'origin', 'main');
  const broken = await ask('POST', '/deployments', { environment: 'staging', release: 'latest' });
  expect(broken.body.error?.code).toBe('invalid-delivery-config');
  expect(broken.body.error?.message).toMatch(/^slipway\.yml:10:\d+ .*There is no strategy “gentel”/);
  await clone.write({ 'slipway.yml': config() });
  await clone.commit('mended');
  await clone.git('push', '--quiet', 'origin', 'main');
  expect((await ask('GET', '/deployments/9999')).body.error?.code).toBe('unknown-deployment');
  expect(target.deeds.length).toBe(deeds);
});

test('deployments are told in the form of GitHub, and production makes a release with notes', async () => {
  const api = async <Answer>(path: string): Promise<Answer> => {
    const response = await fetch(`${served.server.url}/api/v3/repos/octo/app${path}`, {
      headers: { authorization: `Bearer ${served.token}` },
    });
    return (await response.json()) as Answer;
  };
  let releases: { tag_name: string; body: string }[] = [];
  for (let tries = 0; tries < 100 && releases.length < 2; tries++) {
    releases = await api('/releases');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(releases).toHaveLength(2);
  expect(releases[0]?.body).toContain('- two (');
  expect(releases[0]?.body).not.toContain('- one (');
  const [newest] = await api<{ id: number; environment: string }[]>('/deployments?environment=production');
  const statuses = await api<{ state: string }[]>(`/deployments/${newest?.id}/statuses`);
  expect(statuses.map(({ state }) => state)).toContain('success');
});
