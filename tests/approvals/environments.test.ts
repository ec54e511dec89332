import type { EnvironmentAnswer, EnvironmentsAnswer } from '@slipway/contracts/api/environments';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Clone, type Served, serveForTest, workflow } from '../server/served.ts';
import { deploy, pushRun } from './environment-project.ts';

let served: Served;
let projects = 0;

beforeAll(async () => {
  served = await serveForTest();
});
afterAll(() => served?.close());

const deliveryFile = (production: string) => `components:
  api: { role: service }
environments:
  staging: { target: process, strategy: rolling }
  production:
    target: process
    strategy: rolling
${production}`;

async function project(files: Record<string, string>): Promise<Clone> {
  return served.project(`octo/env-${projects++}`, files);
}

const push = (clone: Clone, files: Record<string, string> = {}) => pushRun(served, clone, files);

async function environmentsOf({ name }: Clone): Promise<EnvironmentsAnswer> {
  return (await served.ask<EnvironmentsAnswer>('GET', `/projects/${name}/environments`)).body;
}

const ruleOf = ({ environments }: EnvironmentsAnswer, name: string) =>
  environments.find((one) => one.name === name)?.protection;

test('slipway.yml of the default branch says the rules; one with mistakes is said, and the last good one stays in force', async () => {
  const clone = await project({
    ...workflow('ci.yml', deploy),
    'slipway.yml': deliveryFile('    reviewers: [alice]\n'),
  });
  const runId = await push(clone);
  await served.job(runId, 'deploy', ({ waiting }) => waiting?.includes('approval by alice') === true);
  await served.ask('POST', `/runs/${runId}/cancel`, {});
  const broken = await push(clone, { 'slipway.yml': deliveryFile('    reviewers: []\n    waittimer: 5m\n') });
  await served.job(broken, 'deploy', ({ waiting }) => waiting?.includes('approval by alice') === true);
  const shown = await environmentsOf(clone);
  expect(shown.problem).toMatchObject([
    { file: 'slipway.yml', line: 9, code: 'unknown-key', mend: expect.stringContaining('wait-timer') },
  ]);
  expect(ruleOf(shown, 'production')?.reviewers).toEqual(['alice']);
  // Another branch has no say.
  await clone.write({ 'slipway.yml': deliveryFile('    reviewers: []\n') });
  await clone.commit('elsewhere');
  await clone.git('push', '--quiet', 'origin', 'HEAD:refs/heads/mine');
  expect(ruleOf(await environmentsOf(clone), 'production')?.reviewers).toEqual(['alice']);
  await push(clone);
  expect(await served.finished(broken)).toMatchObject({ conclusion: 'success' });
  expect((await environmentsOf(clone)).problem).toEqual([]);
}, 180_000);

test('what is set by the API goes before the file, and what is not set is as the file says', async () => {
  const clone = await project({
    ...workflow('ci.yml', deploy),
    'slipway.yml': deliveryFile('    reviewers: [alice]\n    branches: [main]\n    wait-timer: 5m\n'),
  });
  await push(clone);
  const path = `/projects/${clone.name}/environments`;
  await served.ask('PUT', `${path}/Production`, { reviewers: [], waitMs: 0 });
  await served.ask('PUT', `${path}/preview`, { reviewers: ['bob'] });
  const { environments } = await environmentsOf(clone);
  expect(environments.map(({ name, definedIn }) => [name, definedIn])).toEqual([
    ['staging', ['file']],
    ['production', ['file', 'settings']],
    ['preview', ['settings']],
  ]);
  const production = await served.ask<EnvironmentAnswer>('GET', `${path}/production`);
  expect(production.body.protection).toMatchObject({ reviewers: [], waitMs: 0, branches: ['main'] });
  expect(await served.ask('DELETE', `${path}/staging`)).toMatchObject({
    status: 404,
    body: { error: { message: expect.stringContaining('slipway.yml') } },
  });
  expect(await served.ask('DELETE', `${path}/production`)).toMatchObject({ status: 204 });
  expect(ruleOf(await environmentsOf(clone), 'production')?.reviewers).toEqual(['alice']);
  for (const wrong of [{ reviewers: 'alice' }, { waitMs: -1 }, { unknown: true }, { approvalLifeMs: 1 }]) {
    expect((await served.ask('PUT', `${path}/production`, wrong)).status).toBe(400);
  }
  expect((await served.ask('PUT', `${path}/a:b`, {})).status).toBe(400);
}, 180_000);

test('secrets and variables of an environment reach its jobs only, and go before those of the project', async () => {
  const clone = await project({
    ...workflow(
      'ci.yml',
      `${deploy}${deploy.slice(deploy.indexOf('  deploy'))}`
        .replace('  deploy:', '  build:')
        .replace('    environment: production\n', ''),
    ),
  });
  const base = `/projects/${clone.name}`;
  await served.ask('PUT', `${base}/environments/production`, {});
  const put = (place: string, value: string) => served.ask('PUT', place, { value });
  await put('/organizations/octo/vars/TIER', 'gold');
  await put('/organizations/octo/vars/REGION', 'of-org');
  await put(`${base}/vars/region`, 'of-project');
  await put(`${base}/environments/production/vars/REGION`, 'of-environment');
  await put('/organizations/octo/secrets/KEY', 'a'.repeat(10));
  await put(`${base}/secrets/key`, 'b'.repeat(20));
  await put(`${base}/environments/Production/secrets/KEY`, 'c'.repeat(30));
  const runId = await push(clone);
  expect(await served.finished(runId)).toMatchObject({ conclusion: 'success' });
  expect(await served.log(runId, 'build')).toContain('region of-project tier gold key 20\n');
  expect(await served.log(runId, 'deploy')).toContain('region of-environment tier gold key 30\n');
  expect(await served.ask('PUT', `${base}/environments/nowhere/secrets/KEY`, { value: 'x' })).toMatchObject({
    status: 404,
    body: { error: { code: 'unknown-environment' } },
  });
  for (const name of ['GITHUB_TOKEN', 'github_x', '1A', 'A-B']) {
    expect((await put(`${base}/secrets/${name}`, 'x')).status, name).toBe(400);
  }
  await served.ask('DELETE', `${base}/environments/production`);
  await served.ask('PUT', `${base}/environments/production`, {});
  const gone = await served.ask('GET', `${base}/environments/production/secrets`);
  expect(gone.body).toEqual({ secrets: [] });
}, 180_000);

test('a called workflow’s job waits for its environment, and gets the secrets of it that the caller does not pass on', async () => {
  const clone = await project({
    ...workflow(
      'ci.yml',
      'on: push\njobs:\n  call:\n    uses: ./.github/workflows/called.yml\n    secrets: { APP_KEY: "${{ secrets.APP_KEY }}" }\n',
    ),
    ...workflow(
      'called.yml',
      `on:
  workflow_call:
    secrets: { APP_KEY: { required: true } }
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: production
    steps:
      - run: echo "\${{ secrets.APP_KEY != '' }} \${{ secrets.OTHER != '' }} \${{ secrets.ENV_KEY != '' }} \${{ vars.REGION }}"
`,
    ),
  });
  const base = `/projects/${clone.name}`;
  await served.ask('PUT', `${base}/environments/production`, { reviewers: ['reviewer'] });
  for (const place of [`${base}/secrets/APP_KEY`, `${base}/secrets/OTHER`]) {
    await served.ask('PUT', place, { value: 'of-project' });
  }
  await served.ask('PUT', `${base}/environments/production/secrets/ENV_KEY`, { value: 'of-environment' });
  await served.ask('PUT', `${base}/environments/production/vars/REGION`, { value: 'eu' });
  const runId = await push(clone);
  await served.job(runId, 'call/deploy', ({ waiting }) => waiting?.includes('approval by reviewer') === true);
  await served.ask('PUT', `${base}/environments/production`, {});
  expect(await served.finished(runId)).toMatchObject({ conclusion: 'success' });
  expect(await served.log(runId, 'call/deploy')).toContain('true false true eu\n');
  expect((await served.ask('GET', `/approvals?state=pending&run=${runId}`)).body).toEqual({ approvals: [] });
}, 180_000);

test('a job that enters an environment is a deployment in GitHub’s form, with its URL, unless it says that it is none', async () => {
  const clone = await project(
    workflow(
      'ci.yml',
      `on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: { name: production, url: "https://example.com/\${{ steps.one.outputs.path }}" }
    steps: [{ id: one, run: 'echo path=here >> "$GITHUB_OUTPUT"' }]
  check:
    runs-on: ubuntu-latest
    environment: { name: production, deployment: false }
    steps: [{ run: echo checked }]
  broken:
    runs-on: ubuntu-latest
    environment: staging
    steps: [{ run: exit 1 }]
`,
    ),
  );
  for (const name of ['production', 'staging']) {
    await served.ask('PUT', `/projects/${clone.name}/environments/${name}`, {});
  }
  const runId = await push(clone);
  await served.finished(runId);
  const get = async (at: string) => {
    const response = await fetch(`${served.server.url}/api/v3/repos/${clone.name}/${at}`, {
      headers: { authorization: `Bearer ${served.token}` },
    });
    return response.json() as Promise<{ id: number; environment: string; state: string }[]>;
  };
  const deployments = await get('deployments');
  expect(deployments.map(({ environment }) => environment).toSorted()).toEqual(['production', 'staging']);
  const statesOf = async (name: string) => {
    const id = deployments.find(({ environment }) => environment === name)?.id;
    return (await get(`deployments/${id}/statuses`)).toReversed();
  };
  expect((await statesOf('staging')).map(({ state }) => state)).toEqual([
    'pending',
    'queued',
    'in_progress',
    'failure',
  ]);
  expect((await statesOf('production')).at(-1)).toMatchObject({
    state: 'success',
    environment_url: 'https://example.com/here',
    log_url: `${served.server.url}/${clone.name}/runs/${runId}`,
  });
}, 180_000);

test('an input of type environment takes those that there are', async () => {
  const clone = await project(
    workflow(
      'ci.yml',
      `on:
  workflow_dispatch:
    inputs: { where: { type: environment } }
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: \${{ inputs.where }}
    steps: [{ run: echo deployed }]
`,
    ),
  );
  await clone.git('push', '--quiet', 'origin', 'main');
  await served.ask('PUT', `/projects/${clone.name}/environments/production`, {});
  const dispatch = (where: string) =>
    served.ask<{ runId: number }>('POST', `/projects/${clone.name}/dispatches`, {
      workflow: 'ci.yml',
      inputs: { where },
    });
  expect(await dispatch('prodution')).toMatchObject({
    status: 422,
    body: { error: { code: 'invalid-inputs', message: expect.stringContaining('production') } },
  });
  const { body } = await dispatch('production');
  expect(await served.finished(body.runId)).toMatchObject({ conclusion: 'success' });
});
