import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { cp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import type { DeploymentAnswer, ReleaseAnswer } from '@slipway/contracts/api/delivery';
import type { ApprovalAnswer } from '@slipway/contracts/api/environments';
import { openMetricProvider, openTarget, type Target } from '@slipway/targets';
import { createBundle } from '@slipway/targets/bundle';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type People, peopleOf } from '../identity/people.ts';
import { type Clone, type Served, serveForTest } from '../server/served.ts';
import { slipwayCommand } from '../slipway-process.ts';

const patience = 120_000;
const project = 'octo/app';
const root = `/projects/${project}`;
const folder = mkdtempSync(path.join(tmpdir(), 'slp-'));

const config = (rules: string) => `components:
  api:
    role: service
    options: { command: "exec '${process.execPath}' server.mjs", ready: /health, check-every: 200ms }
environments:
  production:
    target: process
    strategy: { kind: blue-green, bake: 0s }
    reviewers: [alice, carol]
${rules}`;

/** Moves the server's clock. */
let ahead = 0;
let served: Served;
let people: People;
let clone: Clone;
const tokens: Record<string, string> = {};
const targets: Target[] = [];

beforeAll(async () => {
  served = await serveForTest({
    labels: [],
    now: () => Date.now() + ahead,
    data: path.join(folder, 'd'),
    delivery: {
      host: {
        command(args) {
          const [file = '', ...words] = slipwayCommand(args);
          return { file, args: words };
        },
        async openTarget(options) {
          const target = await openTarget(options);
          targets.push(target);
          return target;
        },
        openMetrics: openMetricProvider,
      },
    },
  });
  people = peopleOf(served);
  clone = await served.project(project, { 'slipway.yml': config('') });
  await clone.git('push', '--quiet', 'origin', 'main');
  for (const name of ['alice', 'carol', 'mallory'])
    tokens[name] = await people.user(name, { [project]: 'deployer' });
  for (const [name, value] of [['FAULTS_DIR', folder]] as const) {
    await served.ask('PUT', `${root}/environments/production/vars/${name}`, { value });
  }
});
afterAll(async () => {
  await served.close();
  for (const target of targets) await target.tearDown();
  await rm(folder, { recursive: true, force: true });
});

async function release(name: string): Promise<ReleaseAnswer> {
  const commit = await clone.commit(name);
  await clone.git('push', '--quiet', 'origin', 'main');
  const build = path.join(folder, 'build', name);
  mkdirSync(build, { recursive: true });
  await cp(path.join(import.meta.dirname, 'tiny-product/server.mjs'), path.join(build, 'server.mjs'));
  await writeFile(path.join(build, 'release.json'), JSON.stringify({ release: name }));
  const output = path.join(folder, `${name}.bundle`);
  const { digest } = await createBundle({ directory: build, output });
  const response = await fetch(`${served.server.url}/api/v1${root}/bundles/${digest}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${served.token}` },
    body: readFileSync(output),
  });
  expect(response.status).toBe(204);
  const { body } = await served.ask<ReleaseAnswer>('POST', `${root}/releases`, {
    commit,
    components: { api: digest },
  });
  return body;
}

/** As carol asks for it. */
async function deploy({ tag }: ReleaseAnswer): Promise<DeploymentAnswer> {
  const body = { environment: 'production', release: tag };
  const answer = await people.ask<DeploymentAnswer>(tokens.carol ?? '', 'POST', `${root}/deployments`, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
}

async function until(id: number, is: (deployment: DeploymentAnswer) => boolean): Promise<DeploymentAnswer> {
  for (;;) {
    const { body } = await served.ask<DeploymentAnswer>('GET', `${root}/deployments/${id}`);
    if (is(body)) return body;
    if (body.isEnded) throw new Error(`it has ended: ${JSON.stringify(body.cause)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const ended = (id: number) => until(id, ({ isEnded }) => isEnded);

async function asked(id: number): Promise<ApprovalAnswer> {
  await until(id, ({ waiting }) => waiting?.startsWith('Waiting for approval') === true);
  const { body } = await served.ask<{ approvals: ApprovalAnswer[] }>('GET', `/approvals?project=${project}`);
  const request = body.approvals.find(({ subject }) => subject.kind === 'deployment' && subject.id === id);
  if (!request) throw new Error('nobody was asked');
  return request;
}

/** As if nobody had withdrawn it. */
async function leavePending({ id }: ApprovalAnswer): Promise<void> {
  // The server is in this process: to wait here for its transaction to end would keep it from that.
  const database = new DatabaseSync(path.join(served.data, 'slipway.db'), { timeout: 0 });
  for (let isDone = false; !isDone; ) {
    try {
      database.prepare("update approval set state = 'pending' where id = ?").run(id);
      isDone = true;
    } catch (error) {
      if (!String(error).includes('locked')) throw error;
      await delay(10);
    }
  }
  database.close();
}

const say = (who: string, { id }: ApprovalAnswer, verdict = 'approved') =>
  people.ask(tokens[who] ?? '', 'POST', `/approvals/${id}/decision`, { verdict });

test(
  'given who asked for it, when they approve it themselves, then it is refused and audited; another reviewer may',
  async () => {
    const one = await deploy(await release('one'));
    const request = await asked(one.id);
    expect(request.binding.planHash).toBe(one.planHash);
    expect((await say('carol', request)).body.error.code).toBe('own-deployment');
    expect((await say('mallory', request)).body.error.code).toBe('not-a-reviewer');
    expect((await until(one.id, () => true)).state).toBe('gated');
    const { body } = await served.ask<{ entries: { action: string; actor: string; outcome: string }[] }>(
      'GET',
      `/audit?project=${project}`,
    );
    const refused = body.entries.filter(
      ({ action, outcome }) => action === 'approval.granted' && outcome === 'refused',
    );
    expect(refused.map(({ actor }) => actor).toSorted()).toEqual(['carol', 'mallory']);
    expect((await say('alice', request)).status).toBe(200);
    expect((await ended(one.id)).state).toBe('completed');
  },
  patience,
);

test(
  'given a release with another digest, then it is another plan, for which nobody has said a word',
  async () => {
    const one = await deploy(await release('two'));
    const request = await asked(one.id);
    const other = await deploy(await release('three'));
    expect((await ended(one.id)).cause?.kind).toBe('superseded');
    expect((await say('alice', request)).status).toBe(409);
    const again = await asked(other.id);
    expect(again.binding.planHash).not.toBe(request.binding.planHash);
    expect((await say('alice', again, 'rejected')).status).toBe(200);
    expect((await ended(other.id)).cause).toMatchObject({ kind: 'gates', reason: 'alice rejected it.' });
  },
  patience,
);

test(
  'given a server that was ended before it withdrew a request, then nobody is asked, and no word is taken',
  async () => {
    const one = await deploy(await release('called off'));
    const request = await asked(one.id);
    const word = { reason: 'not today' };
    await people.ask(tokens.carol ?? '', 'POST', `${root}/deployments/${one.id}/abort`, word);
    await ended(one.id);
    await leavePending(request);
    const { body } = await served.ask<{ approvals: ApprovalAnswer[] }>(
      'GET',
      `/approvals?project=${project}`,
    );
    expect(body.approvals.map(({ id }) => id)).not.toContain(request.id);
    expect((await say('alice', request)).body.error.code).toBe('approval-decided');
  },
  patience,
);

test(
  'given an approval that runs out before the start, then it is refused, to be planned again',
  async () => {
    await clone.write({ 'slipway.yml': config('    approval-expires: 1m\n    wait-timer: 10m\n') });
    await clone.commit('rules');
    await clone.git('push', '--quiet', 'origin', 'main');
    const one = await deploy(await release('four'));
    expect((await say('alice', await asked(one.id))).status).toBe(200);
    await until(one.id, ({ waiting }) => waiting === 'The wait timer is running.');
    ahead = 60_000;
    const over = await ended(one.id);
    expect(over).toMatchObject({
      state: 'refused',
      cause: { reason: 'Its approval has expired; plan it again.' },
    });
    const runs = (await targets[0]?.observe())?.revisions.map(({ revision }) => revision);
    expect(runs).not.toContain(`d${one.id}`);
  },
  patience,
);
