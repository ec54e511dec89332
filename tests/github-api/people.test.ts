import type { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type People, type ProjectRole, peopleOf } from '../identity/people.ts';
import { type Served, serveForTest, workflow } from '../server/served.ts';
import { octokitOf } from './octokit.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
let served: Served;
let people: People;

beforeAll(async () => {
  served = await serveForTest();
  people = peopleOf(served);
});
afterAll(() => served.close());

test('a reviewer lets a deployment in that waits, and nobody else does', async () => {
  const of = { owner: 'octo', repo: 'waits' };
  const clone = await served.project('octo/waits', {
    ...workflow(
      'deploy.yml',
      'on: push\njobs:\n  deploy: { runs-on: ubuntu-latest, environment: production, steps: [{ run: "true" }] }\n',
    ),
  });
  const alice = octokitOf(served, await people.user('alice', { 'octo/waits': 'reader' }));
  const bob = octokitOf(served, await people.user('bob', { 'octo/waits': 'developer' }));
  await served.ask('PUT', '/projects/octo/waits/environments/production', { reviewers: ['alice'] });
  await clone.git('push', '--quiet', 'origin', 'main');
  const [run] = await served.runs('?project=octo/waits');
  const run_id = run?.id ?? 0;
  await served.job(run_id, 'deploy', ({ waiting }) => waiting?.includes('needs approval') === true);
  const { data: seen } = await bob.actions.getPendingDeploymentsForRun({ ...of, run_id });
  expect(seen).toMatchObject([
    {
      environment: { name: 'production' },
      current_user_can_approve: false,
      reviewers: [{ reviewer: { login: 'alice' } }],
    },
  ]);
  const [mine] = (await alice.actions.getPendingDeploymentsForRun({ ...of, run_id })).data;
  expect(mine?.current_user_can_approve).toBe(true);
  const decision = {
    ...of,
    run_id,
    environment_ids: [mine?.environment.id ?? 0],
    state: 'approved' as const,
    comment: 'go',
  };
  await expect(bob.actions.reviewPendingDeploymentsForRun(decision)).rejects.toMatchObject({ status: 403 });
  const unknown = alice.actions.reviewPendingDeploymentsForRun({ ...decision, environment_ids: [1] });
  await expect(unknown).rejects.toMatchObject({ status: 422 });
  await alice.actions.reviewPendingDeploymentsForRun(decision);
  expect(await served.finished(run_id)).toMatchObject({ conclusion: 'success' });
  const { data: reviews } = await bob.actions.getReviewsForRun({ ...of, run_id });
  expect(reviews).toMatchObject([{ state: 'approved', comment: 'go', user: { login: 'alice' } }]);
  const { data: all } = await bob.repos.getAllEnvironments(of);
  expect(all.environments).toMatchObject([{ name: 'production' }]);
});

test('what somebody may do here follows from the role in the project', async () => {
  const of = { owner: 'octo', repo: 'roles' };
  const clone = await served.project('octo/roles', { 'a.txt': 'a' });
  await clone.git('push', '--quiet', 'origin', 'main');
  const attempts = async (octokit: Octokit): Promise<number[]> => {
    const statusOf = (asked: Promise<{ status: number }>) =>
      asked.then(
        ({ status }) => status,
        ({ status }) => status as number,
      );
    const sha = await clone.git('rev-parse', 'HEAD');
    return [
      await statusOf(octokit.repos.get(of)),
      await statusOf(octokit.repos.createCommitStatus({ ...of, sha, state: 'success' })),
      await statusOf(octokit.repos.createDeployment({ ...of, ref: sha })),
      await statusOf(octokit.repos.get({ ...of, repo: 'nowhere' })),
    ];
  };
  const as = async (name: string, role: ProjectRole) =>
    attempts(octokitOf(served, await people.user(name, { 'octo/roles': role })));
  expect(await as('rita', 'reader')).toEqual([200, 403, 403, 403]);
  expect(await as('dora', 'developer')).toEqual([200, 201, 403, 403]);
  expect(await as('paul', 'deployer')).toEqual([200, 201, 201, 403]);
  expect(await attempts(octokitOf(served, await people.user('nobody')))).toEqual([403, 403, 403, 403]);
  const paul = octokitOf(
    served,
    (await people.token({ kind: 'person', name: 'second', user: 'paul' })).token,
  );
  const permissionOf = async (username: string) =>
    (await paul.repos.getCollaboratorPermissionLevel({ ...of, username })).data.permission;
  expect(await Promise.all(['rita', 'Dora', 'nobody', 'no-such-user'].map(permissionOf))).toEqual([
    'read',
    'write',
    'none',
    'none',
  ]);
  const { token } = await people.token({
    kind: 'person',
    name: 'narrow',
    user: 'paul',
    scopes: ['metadata.read', 'status.write'],
  });
  expect(await attempts(octokitOf(served, token))).toEqual([200, 201, 403, 403]);
});

test('a project may let the tokens of its jobs write where no workflow says it', async () => {
  const clone = await served.project('octo/generous', {
    ...workflow(
      'ci.yml',
      `on: push
jobs:
  a:
    runs-on: ubuntu-latest
    env: { TOKEN: "\${{ github.token }}" }
    steps:
      - run: |
          curl -s -o answer -w 'status %{http_code}' -H "authorization: token $TOKEN" \\
            -d '{"state":"success"}' "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/statuses/$GITHUB_SHA"
`,
    ),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
  const logOfLatest = async () => {
    const [run] = await served.runs('?project=octo/generous');
    await served.finished(run?.id ?? 0);
    return served.log(run?.id ?? 0, 'a');
  };
  expect(await logOfLatest()).toContain('status 403');
  await served.ask('PATCH', '/projects/octo/generous', { defaultPermissions: 'write' });
  await clone.commit('again');
  await clone.git('push', '--quiet', 'origin', 'main');
  expect(await logOfLatest()).toContain('status 201');
});

test('drafts of releases and their files are shown to those who may write', async () => {
  const of = { owner: 'octo', repo: 'drafts' };
  const clone = await served.project('octo/drafts', { 'a.txt': 'a' });
  await clone.git('push', '--quiet', 'origin', 'main');
  const writer = octokitOf(served, await people.user('wanda', { 'octo/drafts': 'developer' }));
  const reader = octokitOf(served, await people.user('rolf', { 'octo/drafts': 'reader' }));
  const { data: draft } = await writer.repos.createRelease({ ...of, tag_name: 'v1', draft: true });
  const { data: file } = await writer.repos.uploadReleaseAsset({
    ...of,
    release_id: draft.id,
    name: 'a.txt',
    url: draft.upload_url,
    data: 'a',
  });
  const at = { ...of, release_id: draft.id };
  const hidden = { status: 404 };
  await expect(reader.repos.getRelease(at)).rejects.toMatchObject(hidden);
  await expect(reader.repos.listReleaseAssets(at)).rejects.toMatchObject(hidden);
  await expect(reader.repos.getReleaseAsset({ ...of, asset_id: file.id })).rejects.toMatchObject(hidden);
  expect((await reader.repos.listReleases(of)).data).toEqual([]);
  expect((await writer.repos.getReleaseAsset({ ...of, asset_id: file.id })).data.name).toBe('a.txt');
  await writer.repos.updateRelease({ ...at, draft: false });
  expect((await reader.repos.getReleaseAsset({ ...of, asset_id: file.id })).data.name).toBe('a.txt');
});
