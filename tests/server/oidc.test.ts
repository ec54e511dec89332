import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleScript } from '../results/bundle-action.ts';
import { runSlipway } from '../slipway-process.ts';
import { type Clone, type Served, serveForTest, workflow } from './served.ts';

const dayMs = 24 * 60 * 60_000;
const clock = { later: 0 };
let served: Served;
let clone: Clone;
let folder: string;

const asking = (folder: string) => `name: Ask
on: [push, workflow_dispatch]
permissions: { id-token: write, contents: read }
jobs:
  action:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: ./act
        with: { audience: '', file: '${folder}/default' }
      - uses: ./act
        with: { audience: sts.amazonaws.com, file: '${folder}/aws' }
  script:
    runs-on: ubuntu-latest
    environment: production
    steps:
      - env: { FOLDER: '${folder}' }
        run: |
          ask() { curl --silent --output "$2" --write-out '%{http_code}' --header "authorization: Bearer $1" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=me"; }
          echo "with its token: $(ask "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$FOLDER/script.json")"
          echo "with GITHUB_TOKEN: $(ask "\${{ github.token }}" /dev/null)"
          echo "no audience: $(curl --silent --output /dev/null --write-out '%{http_code}' --header "authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=")"
          echo "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" > "$FOLDER/request-token"
          echo "the request token is $ACTIONS_ID_TOKEN_REQUEST_TOKEN"
  none:
    permissions: { contents: read }
    runs-on: ubuntu-latest
    steps:
      - run: echo "url [$ACTIONS_ID_TOKEN_REQUEST_URL] token [$ACTIONS_ID_TOKEN_REQUEST_TOKEN]"
`;

const settings =
  'components: { app: { role: service } }\nenvironments: { production: { target: process, strategy: 10% every 3m } }\n';

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-oidc-'));
  served = await serveForTest({ now: () => Date.now() + clock.later });
  clone = await served.project('octo/cloud', {
    'act/action.yml':
      'name: ask\ninputs: { audience: {}, file: { required: true } }\nruns: { using: node24, main: main.mjs }\n',
    'act/main.mjs': await bundleScript(path.join(import.meta.dirname, 'oidc-action.ts')),
    'slipway.yml': settings,
    ...workflow('ask.yml', asking(folder)),
    ...workflow(
      'colon.yml',
      "on: workflow_dispatch\npermissions: { id-token: write }\njobs:\n  colon: { runs-on: ubuntu-latest, environment: 'x:ref:refs/heads/main', steps: [{ run: 'true' }] }\n",
    ),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
}, 120_000);
afterAll(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

async function verified(token: string, options: { audience?: string; at?: number } = {}) {
  const { issuer, jwks_uri } = await discovery();
  const { at = Date.now() + clock.later, ...wanted } = options;
  const keys = createRemoteJWKSet(new URL(jwks_uri));
  const { payload } = await jwtVerify(token, keys, { issuer, currentDate: new Date(at), ...wanted });
  return payload;
}

async function discovery(): Promise<{ issuer: string; jwks_uri: string }> {
  const response = await fetch(`${served.server.publicUrl}/oidc/.well-known/openid-configuration`);
  return (await response.json()) as { issuer: string; jwks_uri: string };
}

const tokenIn = (name: string): string => readFileSync(path.join(folder, name), 'utf8').trim();

test('a job with id-token: write gets tokens that verify against the published keys, with all of GitHub’s claims', async () => {
  const [run] = await served.runs('?project=octo/cloud');
  const ended = await served.finished(run?.id ?? 0);
  const log = await served.log(ended.id, 'action');
  expect(ended.conclusion, `${log}${await served.log(ended.id, 'script')}`).toBe('success');
  const sha = await clone.git('rev-parse', 'HEAD');
  const { issuer } = await discovery();
  expect(issuer).toBe(`${served.server.publicUrl}/oidc`);
  const { jti, iat = 0, nbf = 0, exp = 0, ...claims } = await verified(tokenIn('default'));
  expect(claims).toEqual({
    iss: issuer,
    aud: `${served.server.publicUrl}/octo`,
    sub: 'repo:octo/cloud:ref:refs/heads/main',
    ref: 'refs/heads/main',
    ref_type: 'branch',
    ref_protected: 'false',
    sha,
    repository: 'octo/cloud',
    repository_id: expect.stringMatching(/^\d+$/),
    repository_owner: 'octo',
    repository_owner_id: expect.stringMatching(/^\d+$/),
    repository_visibility: 'private',
    run_id: String(ended.id),
    run_number: '1',
    run_attempt: '1',
    actor: ended.actor,
    actor_id: expect.stringMatching(/^\d+$/),
    workflow: 'Ask',
    workflow_ref: 'octo/cloud/.github/workflows/ask.yml@refs/heads/main',
    workflow_sha: sha,
    job_workflow_ref: 'octo/cloud/.github/workflows/ask.yml@refs/heads/main',
    job_workflow_sha: sha,
    head_ref: '',
    base_ref: '',
    event_name: 'push',
    runner_environment: 'self-hosted',
  });
  expect(jti).toMatch(/^[0-9a-f-]{36}$/);
  expect([exp - iat, iat - nbf]).toEqual([300, 60]);
  expect(await verified(tokenIn('aws'), { audience: 'sts.amazonaws.com' })).toMatchObject({
    sub: claims.sub,
  });
  await expect(verified(tokenIn('aws'), { audience: 'sts.example.com' })).rejects.toThrow('"aud"');
  await expect(verified(tokenIn('aws'), { at: exp * 1000 + 1_000 })).rejects.toThrow('"exp"');
  expect(log).toContain('the token is ***');
});

test('a script asks with curl; an environment is the subject; no other token opens the door', async () => {
  const [run] = await served.runs('?project=octo/cloud');
  const log = await served.log(run?.id ?? 0, 'script');
  expect(log).toContain('with its token: 200\n');
  expect(log).toContain('with GITHUB_TOKEN: 401\n');
  expect(log).toContain('no audience: 400\n');
  expect(log).toContain('the request token is ***\n');
  const { value } = JSON.parse(tokenIn('script.json')) as { value: string };
  expect(await verified(value, { audience: 'me' })).toMatchObject({
    sub: 'repo:octo/cloud:environment:production',
    environment: 'production',
  });
  // The job has ended, and with it what its token opened.
  const headers = { authorization: `Bearer ${tokenIn('request-token')}` };
  const ended = await fetch(`${served.server.url}/oidc/token?audience=me`, { headers });
  expect({ status: ended.status, body: await ended.json() }).toMatchObject({
    status: 401,
    body: { error: { code: 'unauthorized', message: 'The job of this token has ended.' } },
  });
});

test('a job without id-token: write is given nothing to ask with', async () => {
  const [run] = await served.runs('?project=octo/cloud');
  expect(await served.log(run?.id ?? 0, 'none')).toContain('url [] token []\n');
});

test('an environment whose name would add parts to a subject can neither be made nor used', async () => {
  const name = 'x:ref:refs/heads/main';
  const made = await served.ask('PUT', `/projects/octo/cloud/environments/${encodeURIComponent(name)}`, {});
  expect(made).toMatchObject({ status: 400 });
  const { body } = await served.ask<{ runId: number }>('POST', '/projects/octo/cloud/dispatches', {
    workflow: 'colon.yml',
  });
  expect(await served.finished(body.runId)).toMatchObject({ conclusion: 'failure' });
  const { reason } = await served.job(body.runId, 'colon', () => true);
  expect(reason).toContain(name);
});

test('the printed trust policy lets the main branch in, and each near miss is refused with what fails', async () => {
  const policy = path.join(folder, 'trust.json');
  const slipway = (...args: string[]) => {
    const env = { SLIPWAY_SERVER: served.server.url, SLIPWAY_TOKEN: served.token };
    return runSlipway(['oidc', ...args], { cwd: folder, env });
  };
  const verify = (name: string) =>
    slipway('verify', '--policy', policy, '--token-file', path.join(folder, name));
  const printed = await slipway('trust-policy', '--project', 'octo/cloud', '--ref', 'main');
  writeFileSync(policy, printed.stdout);
  const provider = `${served.server.publicUrl.replace('http://', '')}/oidc`;
  expect(JSON.parse(printed.stdout)).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${provider}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            [`${provider}:aud`]: 'sts.amazonaws.com',
            [`${provider}:sub`]: 'repo:octo/cloud:ref:refs/heads/main',
          },
        },
      },
    ],
  });
  const good = await verify('aws');
  expect(good, good.stderr).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('allowed by statement 1'),
  });
  const audience = await verify('default');
  expect(audience).toMatchObject({
    status: 1,
    stdout: expect.stringContaining(`StringEquals ${provider}:aud`),
  });
  writeFileSync(path.join(folder, 'environment'), JSON.parse(tokenIn('script.json')).value);
  const environment = await verify('environment');
  expect(environment.stdout).toContain("the token has 'repo:octo/cloud:environment:production'");
  const [head, body] = tokenIn('aws').split('.');
  const forged = Buffer.from(body ?? '', 'base64url')
    .toString()
    .replace('octo/cloud', 'octo/clood');
  const signature = tokenIn('aws').split('.')[2];
  writeFileSync(
    path.join(folder, 'forged'),
    `${head}.${Buffer.from(forged).toString('base64url')}.${signature}`,
  );
  expect((await verify('forged')).stdout).toContain("can't be confirmed: signature verification failed");
  const token = tokenIn('aws');
  await clone.git('switch', '--quiet', '--create', 'dev');
  await clone.git('push', '--quiet', 'origin', 'dev');
  const [run] = await served.runs('?project=octo/cloud&ref=dev');
  await served.finished(run?.id ?? 0);
  expect(tokenIn('aws')).not.toBe(token);
  const branch = await verify('aws');
  expect(branch.status).toBe(1);
  expect(branch.stdout).toContain("the token has 'repo:octo/cloud:ref:refs/heads/dev'");
  await clone.git('switch', '--quiet', 'main');
  const production = await slipway('trust-policy', '--project', 'octo/cloud', '--environment', 'production');
  writeFileSync(policy, production.stdout.replace('"sts.amazonaws.com"', '"me"'));
  expect((await verify('environment')).status).toBe(0);
  expect((await slipway('trust-policy', '--project', 'octo/nothing')).status).toBe(1);
}, 120_000);

test('a project may have owner and repository named by their ids', async () => {
  await served.ask('PATCH', '/projects/octo/cloud', { oidc: { subject: 'id' } });
  rmSync(path.join(folder, 'aws'));
  const { body } = await served.ask<{ runId: number }>('POST', '/projects/octo/cloud/dispatches', {
    workflow: 'ask.yml',
  });
  await served.finished(body.runId);
  const { sub, repository_id, repository_owner_id, event_name } = await verified(tokenIn('aws'));
  expect(sub).toBe(`repo:octo@${repository_owner_id}/cloud@${repository_id}:ref:refs/heads/main`);
  expect(event_name).toBe('workflow_dispatch');
});

test('keys change, and every token verifies as long as it lives', async () => {
  const first = tokenIn('aws');
  const kid = decodeProtectedHeader(first).kid;
  const keyIds = async (): Promise<string[]> => {
    const { jwks_uri } = await discovery();
    const { keys } = (await (await fetch(jwks_uri)).json()) as { keys: { kid: string; d?: string }[] };
    expect(keys.every(({ d }) => d === undefined)).toBe(true);
    return keys.map((one) => one.kid);
  };
  expect(await keyIds()).toEqual([kid]);
  const issued = Date.now();
  clock.later = 29 * dayMs + 60_000;
  const both = await keyIds();
  expect(both).toHaveLength(2);
  expect(both).toContain(kid);
  clock.later = 30 * dayMs + 60_000;
  rmSync(path.join(folder, 'aws'));
  const { body } = await served.ask<{ runId: number }>('POST', '/projects/octo/cloud/dispatches', {
    workflow: 'ask.yml',
  });
  await served.finished(body.runId);
  const second = decodeProtectedHeader(tokenIn('aws')).kid;
  expect(both.filter((one) => one !== kid)).toEqual([second]);
  expect(await verified(tokenIn('aws'))).toMatchObject({ repository: 'octo/cloud' });
  expect(await verified(first, { at: issued })).toMatchObject({ repository: 'octo/cloud' });
  clock.later = 31 * dayMs + 120_000;
  expect(await keyIds()).toEqual([second]);
  // What the store has of them is encrypted: no key can be read from its file.
  for (const file of globSync('slipway.db*', { cwd: served.data })) {
    const kept = readFileSync(path.join(served.data, file)).toString('latin1');
    expect(kept).not.toMatch(/"(d|p|q)":"/);
  }
});
