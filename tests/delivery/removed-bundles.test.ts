import { createHash } from 'node:crypto';
import type { DeploymentAnswer, ReleaseAnswer, RollbackAnswer } from '@slipway/contracts/api/delivery';
import type { UsageAnswer } from '@slipway/contracts/api/usage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Clone, type Served, serveForTest } from '../server/served.ts';
import { rememberingTarget } from './remembering-target.ts';

const config = `components:
  api: { role: service, options: { port: 8000 } }
environments:
  production:
    target: process
    strategy: { kind: canary, steps: [{ weight: 20%, hold: 0s, promotion: true }], bake: 0s }
`;
const dayMs = 24 * 60 * 60_000;
const root = '/projects/octo/app';
const clock = { later: 0 };
const target = rememberingTarget();
let served: Served;
let clone: Clone;

beforeAll(async () => {
  served = await serveForTest({
    labels: [],
    now: () => Date.now() + clock.later,
    tidyEveryMs: 100,
    delivery: {
      host: {
        command: (args) => ({ file: 'false', args }),
        openTarget: async () => target,
        openMetrics: async () => ({ measure: async () => ({ kind: 'no-data' }) }),
      },
    },
  });
  clone = await served.project('octo/app', { 'slipway.yml': config });
  await clone.git('push', '--quiet', 'origin', 'main');
});
afterAll(() => served.close());

const ask = <Answer>(method: string, path: string, body?: unknown) =>
  served.ask<Answer & { error?: { code: string; message: string } }>(method, `${root}${path}`, body);

async function release(bytes: string): Promise<ReleaseAnswer> {
  const commit = await clone.commit(bytes);
  await clone.git('push', '--quiet', 'origin', 'main');
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const put = await fetch(`${served.server.url}/api/v1${root}/bundles/${digest}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${served.token}` },
    body: bytes,
  });
  expect(put.status, await put.text()).toBe(204);
  const { body } = await ask<ReleaseAnswer>('POST', '/releases', { commit, components: { api: digest } });
  return body;
}

async function until(id: number, is: (deployment: DeploymentAnswer) => boolean): Promise<DeploymentAnswer> {
  for (;;) {
    const { body } = await ask<DeploymentAnswer>('GET', `/deployments/${id}`);
    if (is(body)) return body;
    if (body.isEnded) throw new Error(JSON.stringify(body));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
const waits = ({ step }: DeploymentAnswer) => step?.text.includes('promote') === true;

async function deploy(release: ReleaseAnswer, isFirst = false): Promise<DeploymentAnswer> {
  const { body } = await ask<DeploymentAnswer>('POST', '/deployments', {
    environment: 'production',
    release: release.tag,
  });
  if (!isFirst) {
    await until(body.id, waits);
    await ask('POST', `/deployments/${body.id}/promote`, {});
  }
  return until(body.id, ({ state }) => state === 'completed');
}

test('going back to a release whose bundle was removed is refused before anything is touched', async () => {
  const changed = await ask('PATCH', '', { rollbackReleases: 1, retentionDays: 2 });
  expect(changed.status).toBe(200);
  const first = await release('one');
  const second = await release('two');
  const third = await release('three');
  await deploy(first, true);
  await deploy(second);
  await deploy(third);
  clock.later = 3 * dayMs;
  while ((await ask('GET', `/bundles/${first.components.api}`)).status !== 404) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { body: usage } = await ask<UsageAnswer>('GET', '/usage');
  expect(usage.bundles).toEqual({ usedBytes: 'twothree'.length, quotaBytes: 20 * 1024 ** 3 });

  const fourth = await release('four');
  const { body: underWay } = await ask<DeploymentAnswer>('POST', '/deployments', {
    environment: 'production',
    release: fourth.tag,
  });
  await until(underWay.id, waits);
  const deeds = target.deeds.length;
  const gone = await ask<RollbackAnswer>('POST', '/rollbacks', { environment: 'production', to: first.tag });
  expect(gone.status).toBe(410);
  expect(gone.body.error).toMatchObject({
    code: 'bundle-removed',
    message: expect.stringContaining(`The bundle of api of release ${first.tag}`),
  });
  expect((await ask<DeploymentAnswer>('GET', `/deployments/${underWay.id}`)).body).toSatisfy(waits);
  expect(target.deeds).toHaveLength(deeds);

  await ask('POST', `/deployments/${underWay.id}/promote`, {});
  await until(underWay.id, ({ state }) => state === 'completed');
  const back = await ask<RollbackAnswer>('POST', '/rollbacks', { environment: 'production' });
  expect(back.body).toMatchObject({ kind: 'requested', deployment: { release: { tag: third.tag } } });
}, 120_000);
