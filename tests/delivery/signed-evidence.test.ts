import { createHash, createPublicKey, type JsonWebKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, Verifier } from '@sigstore/verify';
import type { AttestationsAnswer, ReleaseAnswer } from '@slipway/contracts/api/delivery';
import type { DeploymentPlan } from '@slipway/delivery';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Clone, type Served, serveForTest, workflow } from '../server/served.ts';
import { runSlipway } from '../slipway-process.ts';
import { rememberingTarget } from './remembering-target.ts';

const config = (gates = '{ tests: [e2e], provenance: true }') => `components:
  api: { role: service, options: { port: 8000 } }
environments:
  production:
    target: process
    strategy: { kind: blue-green, bake: 0s }
    gates: ${gates}
`;

const build = `name: Build
on: push
permissions: { contents: write }
jobs:
  build: { runs-on: ubuntu-latest, steps: [{ run: build }] }
`;
const e2e = { kind: 'tests', name: 'e2e', conclusion: 'success' };

let served: Served;
let clone: Clone;

beforeAll(async () => {
  served = await serveForTest({
    labels: [],
    delivery: {
      host: {
        command: (args) => ({ file: 'false', args }),
        openTarget: async () => rememberingTarget(),
        openMetrics: async () => ({ measure: async () => ({ kind: 'no-data' }) }),
      },
    },
  });
  clone = await served.project('octo/app', {
    'slipway.yml': config(),
    ...workflow('build.yml', build),
  });
});
afterAll(() => served.close());

type Body<Answer> = Answer & { error?: { code: string; message: string } };

/** A job of a push that is under way: what it asks with its own token, until it ends. */
interface RunningJob {
  commit: string;
  runId: number;
  /** Of a bundle that it has uploaded. */
  digest: string;
  post<Answer>(at: string, body: unknown): Promise<{ status: number; body: Body<Answer> }>;
  release(evidence?: object[]): Promise<ReleaseAnswer>;
  end(): Promise<void>;
}

async function startJob(): Promise<RunningJob> {
  const commit = await clone.commit('change');
  await clone.git('push', '--quiet', 'origin', 'main');
  return nextJob(commit);
}

async function nextJob(commit: string): Promise<RunningJob> {
  const { gateway, url } = served.server;
  const claim = await gateway.claim(
    { runner: 'test', labels: ['ubuntu-latest'], waitMs: 60_000 },
    AbortSignal.timeout(60_000),
  );
  if (claim === null) throw new Error('no job came');
  const { jobId, fence, request } = claim;
  const { token } = request.contexts.github;
  await gateway.heartbeat(jobId, { fence, waitMs: 0, known: null });
  const send = (method: string, at: string, body: string) =>
    fetch(`${url}/api/v1/projects/octo/app${at}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    });
  const digest = `sha256:${createHash('sha256').update(commit).digest('hex')}`;
  const put = await send('PUT', `/bundles/${digest}`, commit);
  expect(put.status, await put.text()).toBe(204);
  const job: RunningJob = {
    commit,
    runId: Number(request.runId),
    digest,
    async post<Answer>(at: string, body: unknown) {
      const response = await send('POST', at, JSON.stringify(body));
      return { status: response.status, body: (await response.json()) as Body<Answer> };
    },
    async release(evidence = []) {
      const release = { commit, components: { api: digest }, evidence };
      const { status, body } = await job.post<ReleaseAnswer>('/releases', release);
      expect(status, JSON.stringify(body)).toBe(201);
      return body;
    },
    end: () =>
      gateway.finish(jobId, {
        fence,
        streamBytes: 0,
        result: { kind: 'job.finished', at: Date.now(), conclusion: 'success', outputs: {} },
      }),
  };
  return job;
}

const ask = <Answer>(method: string, at: string, body?: unknown) =>
  served.ask<Answer & { error?: { code: string; message: string } }>(method, `/projects/octo/app${at}`, body);
const env = () => ({
  SLIPWAY_SERVER: served.server.url,
  SLIPWAY_TOKEN: served.token,
  SLIPWAY_PROJECT: 'octo/app',
});
const slipway = (...args: string[]) =>
  runSlipway([...args, '--project', 'octo/app'], { cwd: served.data, env: env() });

test('what a job states is bound to its run and commit, and signed', async () => {
  const job = await startJob();
  const { commit, runId } = job;
  await job.release([e2e]);
  await job.end();
  const { body: release } = await ask<ReleaseAnswer>('GET', '/releases/latest');
  const statedBy = {
    kind: 'job',
    runId,
    attempt: 1,
    job: 'build',
    workflow: '.github/workflows/build.yml',
    ref: 'refs/heads/main',
    commit,
    url: `${served.server.url}/octo/app/actions/runs/${runId}`,
  };
  const digest = release.components.api;
  expect(release.evidence).toEqual([
    { ...e2e, statedBy },
    { kind: 'provenance', digest, commit, builder: statedBy.url, statedBy },
  ]);

  const { body: signed } = await ask<AttestationsAnswer>('GET', '/releases/latest/attestations');
  expect(signed.attestations).toMatchObject([{ component: 'api', digest }]);
  const [{ bundle }] = signed.attestations as [AttestationsAnswer['attestations'][number]];
  expect(JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString())).toMatchObject({
    subject: [{ name: 'api', digest: { sha256: digest?.slice('sha256:'.length) } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        externalParameters: {
          workflow: {
            path: '.github/workflows/build.yml',
            ref: 'refs/heads/main',
            repository: `${served.server.url}/octo/app`,
          },
        },
        resolvedDependencies: [{ digest: { gitCommit: commit } }],
      },
      runDetails: {
        builder: { id: served.server.url },
        metadata: { invocationId: `${statedBy.url}/attempts/1` },
      },
    },
  });
  const asGithub = await fetch(`${served.server.url}/api/v3/repos/octo/app/attestations/${digest}`, {
    headers: { authorization: `token ${served.token}` },
  });
  expect(await asGithub.json()).toMatchObject({ attestations: [{ bundle }] });
  // By another implementation than ours.
  const { keys } = (await (await fetch(`${served.server.url}/attestations/jwks`)).json()) as {
    keys: (JsonWebKey & { kid: string })[];
  };
  const none = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
  const publicKey = (hint: string) => {
    const key = keys.find(({ kid }) => kid === hint);
    if (key === undefined) throw new Error(`no key ${hint}`);
    return { publicKey: createPublicKey({ key, format: 'jwk' }), validFor: () => true };
  };
  const verifier = new Verifier(
    { ...none, publicKey },
    { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 },
  );
  verifier.verify(toSignedEntity(bundleFromJSON(bundle)));
}, 180_000);

test('a release is verified by its server, and by what was saved of it, and not once anything is changed', async () => {
  const job = await startJob();
  await job.release();
  await job.end();
  const { body: release } = await ask<ReleaseAnswer>('GET', '/releases/latest');
  const shown = await slipway('release', 'verify', 'latest');
  expect(shown).toMatchObject({ status: 0, stdout: expect.stringContaining('.github/workflows/build.yml') });
  const saved = await slipway('release', 'show', 'latest', '--provenance', '--json');
  const keys = await (await fetch(`${served.server.url}/attestations/jwks`)).text();
  const files = { attestations: path.join(served.data, 'a.json'), keys: path.join(served.data, 'k.json') };
  const verify = async (change: (text: string) => string, tag = release.tag) => {
    writeFileSync(files.attestations, change(saved.stdout));
    writeFileSync(files.keys, keys);
    const args = ['release', 'verify', tag, '--attestations', files.attestations, '--keys', files.keys];
    // No server can be asked.
    return runSlipway(args, { cwd: served.data, env: { SLIPWAY_SERVER: '', SLIPWAY_TOKEN: '' } });
  };
  expect(await verify((text) => text)).toMatchObject({ status: 0 });
  const other = await verify((text) => text, 'another');
  expect(other).toMatchObject({ status: 1, stderr: expect.stringContaining('and not of another') });
  const digest = release.components.api ?? '';
  const swapped = await verify((text) =>
    text.replace(`"api":"${digest}"`, `"api":"sha256:${'0'.repeat(64)}"`),
  );
  expect(swapped).toMatchObject({
    status: 1,
    stdout: expect.stringContaining(`what is signed is of ${digest}`),
  });
  const forged = await verify((text) => {
    const answer = JSON.parse(text) as AttestationsAnswer;
    for (const { bundle } of answer.attestations) {
      const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString();
      bundle.dsseEnvelope.payload = Buffer.from(payload.replace('build.yml', 'other.yml')).toString('base64');
    }
    return JSON.stringify(answer);
  });
  expect(forged).toMatchObject({ status: 1, stdout: expect.stringContaining('the signature does not fit') });
}, 180_000);

test('a job can state nothing of another commit than its run is of', async () => {
  const { body: before } = await ask<ReleaseAnswer>('GET', '/releases/latest');
  const job = await startJob();
  const added = await job.post(`/releases/${before.id}/evidence`, { evidence: [e2e] });
  const made = await job.post('/releases', { commit: before.commit, components: { api: job.digest } });
  for (const { status, body } of [added, made]) {
    expect(status).toBe(422);
    expect(body.error?.message).toContain(`its jobs can state nothing of ${before.commit.slice(0, 12)}`);
  }
  await job.end();
  const { body: after } = await ask<ReleaseAnswer>('GET', '/releases/latest');
  expect(after).toEqual(before);
}, 180_000);

test('a gate takes the word of a job and not that of a person, and the plan says whose it was', async () => {
  const job = await startJob();
  const release = await job.release();
  const plan = () =>
    ask<{ plan: DeploymentPlan }>('POST', '/deployments/plan', {
      environment: 'production',
      release: release.tag,
    });
  await ask('POST', `/releases/${release.id}/evidence`, { evidence: [e2e] });
  const { body: typed } = await plan();
  expect(typed.plan.findings).toMatchObject([
    { code: 'missing-test', message: expect.stringContaining('production takes that of jobs alone') },
  ]);
  await job.post(`/releases/${release.id}/evidence`, { evidence: [e2e] });
  const { body: proven } = await plan();
  const url = `${served.server.url}/octo/app/actions/runs/${job.runId}`;
  expect(proven.plan.findings).toEqual([]);
  expect(proven.plan.proofs).toMatchObject([
    { gate: 'tests e2e', statedBy: { kind: 'job', job: 'build', url } },
    { gate: 'provenance of api', statedBy: { kind: 'job', job: 'build', url } },
  ]);
  await job.end();
}, 60_000);

test('a run that follows another one speaks of the commit of that one', async () => {
  await clone.write(
    workflow(
      'e2e.yml',
      `name: E2E
on: { workflow_run: { workflows: [Build], types: [completed] } }
permissions: { contents: write }
jobs:
  e2e: { runs-on: ubuntu-latest, steps: [{ run: test }] }
`,
    ),
  );
  const built = await startJob();
  const release = await built.release();
  await clone.commit('further [skip ci]');
  await clone.git('push', '--quiet', 'origin', 'main');
  await built.end();
  const following = await nextJob('x'.repeat(40));
  const added = await following.post<ReleaseAnswer>(`/releases/${release.id}/evidence`, { evidence: [e2e] });
  expect(added.body.evidence?.at(-1)).toMatchObject({
    kind: 'tests',
    statedBy: { job: 'e2e', workflow: '.github/workflows/e2e.yml', commit: built.commit },
  });
  await following.end();
}, 60_000);
