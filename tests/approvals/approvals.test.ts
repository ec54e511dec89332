import { setTimeout as delay } from 'node:timers/promises';
import type { ApprovalAnswer } from '@slipway/contracts/api/environments';
import type { JobsAnswer } from '@slipway/contracts/api/jobs';
import { afterAll, expect, test } from 'vitest';
import { type People, peopleOf } from '../identity/people.ts';
import { type Clone, type Served, serveForTest, workflow } from '../server/served.ts';
import { withEachStore } from '../store/each-store.ts';
import { addPlan } from './deployment-plan.ts';
import { toldReviewers } from './told-reviewers.ts';

const hour = 60 * 60_000;

withEachStore('approvals', (under) => {
  let served: Served;
  let people: People;
  const tokens: Record<string, string> = {};
  /** Moves the server's clock. */
  let ahead = 0;
  let projects = 0;

  under.prepare(async () => {
    served = await serveForTest({ location: under.location, now: () => Date.now() + ahead });
    people = peopleOf(served);
    for (const name of ['alice', 'bob', 'carol']) tokens[name] = await people.user(name);
  });
  afterAll(() => served?.close());

  /** A project of which alice and bob are reviewers of production, and everybody a reader. */
  const project = async (jobs: string, rules: object = {}): Promise<Clone> => {
    const name = `octo/app-${projects++}`;
    const clone = await served.project(name, workflow('ci.yml', `on: push\njobs:\n${jobs}`));
    for (const user of ['alice', 'bob', 'carol']) {
      await served.ask('PUT', `/projects/${name}/members/${user}`, { role: 'reader' });
    }
    const set = await served.ask('PUT', `/projects/${name}/environments/production`, {
      reviewers: ['alice', 'bob'],
      ...rules,
    });
    expect(set.status).toBe(200);
    return clone;
  };
  const push = async (clone: Clone, as?: string): Promise<number> => {
    const before = new Set((await served.runs(`?project=${clone.name}`)).map(({ id }) => id));
    if (as !== undefined) {
      const url = served.server.url.replace('://', `://${as}:${tokens[as]}@`);
      await clone.git('push', '--quiet', `${url}/${clone.name}.git`, 'main');
    } else await clone.git('push', '--quiet', 'origin', 'main');
    for (;;) {
      const run = (await served.runs(`?project=${clone.name}`)).find(({ id }) => !before.has(id));
      if (run !== undefined) return run.id;
      await delay(50);
    }
  };
  const asked = async (runId: number): Promise<ApprovalAnswer[]> =>
    (await served.ask<{ approvals: ApprovalAnswer[] }>('GET', `/approvals?run=${runId}`)).body.approvals;
  const pending = async (runId: number, key = 'deploy'): Promise<ApprovalAnswer> => {
    await served.job(runId, key, ({ waiting }) => waiting?.includes('needs approval') === true);
    const [request] = await asked(runId);
    if (request === undefined) throw new Error('nothing was asked');
    return request;
  };
  const decide = (who: string, id: number, body: object) =>
    people.ask(tokens[who] ?? '', 'POST', `/approvals/${id}/decision`, body);
  const approve = (who: string, id: number) => decide(who, id, { verdict: 'approved' });
  const jobsOf = async (runId: number) =>
    (await served.ask<JobsAnswer>('GET', `/runs/${runId}/jobs`)).body.jobs;
  const reasonOf = async (runId: number, key = 'deploy') =>
    (await jobsOf(runId)).find((job) => job.key === key)?.reason;
  const audited = async (name: string) =>
    (
      await served.ask<{ entries: { action: string; actor: string; outcome: string; detail: object }[] }>(
        'GET',
        `/audit?project=${name}`,
      )
    ).body.entries.filter(({ action }) => action.startsWith('approval.'));

  const deploy = `  deploy:
    runs-on: ubuntu-latest
    environment: production
    steps: [{ run: echo deployed }]
`;

  test('a job waits until a reviewer approves, and says who may', async () => {
    const runId = await push(await project(deploy));
    const request = await pending(runId);
    const [job] = await jobsOf(runId);
    expect(job).toMatchObject({
      status: 'waiting',
      waiting: `production needs approval by alice or bob: slipway approve ${request.id}`,
    });
    expect(request).toMatchObject({
      environment: 'production',
      state: 'pending',
      subject: { kind: 'run', runId, attempt: 1 },
      binding: { sha: expect.stringMatching(/^[0-9a-f]{40}$/), planHash: null },
    });
    expect(await approve('alice', request.id)).toMatchObject({ status: 200, body: { state: 'approved' } });
    expect(await served.finished(runId)).toMatchObject({ conclusion: 'success' });
    expect(await served.log(runId, 'deploy')).toContain('deployed');
    expect(await approve('bob', request.id)).toMatchObject({
      status: 409,
      body: { error: { code: 'approval-decided' } },
    });
  });

  test('who is no reviewer, a job of the run, and nobody decide nothing; refusals are audited', async () => {
    const clone = await project(deploy);
    const runId = await push(clone);
    const { id } = await pending(runId);
    expect(await approve('carol', id)).toMatchObject({
      status: 403,
      body: { error: { code: 'not-a-reviewer' } },
    });
    const admin = await served.ask('POST', `/approvals/${id}/decision`, { verdict: 'approved' });
    expect(admin).toMatchObject({ status: 403, body: { error: { code: 'not-a-reviewer' } } });
    const stranger = await people.user(`stranger-${projects}-${under.location.kind}`);
    const answer = await people.ask(stranger, 'POST', `/approvals/${id}/decision`, { verdict: 'approved' });
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
    const unknown = await people.ask(stranger, 'POST', `/approvals/999999/decision`, { verdict: 'approved' });
    expect(unknown.body).toEqual(answer.body);
    expect(await people.ask(null, 'POST', `/approvals/${id}/decision`, {})).toMatchObject({ status: 401 });
    expect((await asked(runId))[0]).toMatchObject({ state: 'pending', decisions: [] });
    expect(await audited(clone.name)).toContainEqual(
      expect.objectContaining({
        action: 'approval.granted',
        actor: 'carol',
        outcome: 'refused',
        detail: expect.objectContaining({ refusal: 'not-a-reviewer' }),
      }),
    );
    await served.ask('POST', `/runs/${runId}/cancel`, {});
    expect(await served.finished(runId)).toMatchObject({ conclusion: 'cancelled' });
    expect(await asked(runId)).toEqual([]);
    expect(await approve('alice', id)).toMatchObject({ status: 409 });
  });

  test('who has started the run may not approve it, unless the environment allows that', async () => {
    const clone = await project(deploy);
    await served.ask('PUT', `/projects/${clone.name}/members/alice`, { role: 'developer' });
    const runId = await push(clone, 'alice');
    const { id, requestedBy } = await pending(runId);
    expect(requestedBy).toBe('alice');
    expect((await jobsOf(runId))[0]?.waiting).toContain('needs approval by bob:');
    expect(await approve('alice', id)).toMatchObject({
      status: 403,
      body: { error: { code: 'own-deployment' } },
    });
    expect(await audited(clone.name)).toContainEqual(
      expect.objectContaining({ actor: 'alice', outcome: 'refused' }),
    );
    await served.ask('PUT', `/projects/${clone.name}/environments/production`, {
      reviewers: ['alice'],
      preventSelfReview: false,
    });
    expect(await approve('alice', id)).toMatchObject({ status: 200 });
    expect(await served.finished(runId)).toMatchObject({ conclusion: 'success' });
  });

  test('one approval is asked for all jobs of a run that enter the environment, and for each run anew', async () => {
    const clone = await project(`  api:
    runs-on: ubuntu-latest
    environment: production
    steps: [{ run: echo api }]
  worker:
    runs-on: ubuntu-latest
    environment: { name: Production }
    strategy: { matrix: { n: [1, 2] } }
    steps: [{ run: echo worker }]
  after:
    needs: [api, worker]
    runs-on: ubuntu-latest
    environment: production
    steps: [{ run: echo after }]
`);
    const first = await push(clone);
    const { id } = await pending(first, 'api');
    await pending(first, 'worker(1)');
    expect(await asked(first)).toHaveLength(1);
    await approve('alice', id);
    expect(await served.finished(first)).toMatchObject({ conclusion: 'success' });
    expect(await asked(first)).toHaveLength(1);
    await clone.commit('another head');
    const second = await push(clone);
    const again = await pending(second, 'api');
    expect(again.id).not.toBe(id);
    expect(again.binding.sha).not.toBe((await asked(first))[0]?.binding.sha);
    await approve('bob', again.id);
    expect(await served.finished(second)).toMatchObject({ conclusion: 'success' });
    await served.ask('POST', `/runs/${second}/rerun`, { jobs: 'all' });
    expect(await pending(second, 'api')).toMatchObject({ subject: { attempt: 2 }, decisions: [] });
    await served.ask('POST', `/runs/${second}/cancel`, {});
    await served.finished(second);
  });

  test('a rejection fails the job with its reason, and what needs the job is skipped', async () => {
    const runId = await push(
      await project(`${deploy}  after:
    needs: deploy
    runs-on: ubuntu-latest
    steps: [{ run: echo after }]
`),
    );
    const { id } = await pending(runId);
    const answer = await decide('bob', id, { verdict: 'rejected', comment: 'not on a Friday' });
    expect(answer).toMatchObject({ status: 200, body: { state: 'rejected' } });
    expect(await served.finished(runId)).toMatchObject({ conclusion: 'failure' });
    expect(await reasonOf(runId)).toBe('bob rejected it for production: not on a Friday');
    expect((await jobsOf(runId)).map(({ conclusion }) => conclusion)).toEqual(['failure', 'skipped']);
  });

  test('an approval binds what was seen: another plan makes it void, and it is asked again', async () => {
    const freeze = { kind: 'freeze', fromMs: 0, untilMs: Date.now() + 1_000 * hour, reason: 'Holidays' };
    const clone = await project(deploy, { windows: [freeze] });
    const runId = await push(clone);
    const before = await pending(runId);
    expect(await approve('alice', before.id)).toMatchObject({ status: 200 });
    await served.job(runId, 'deploy', ({ waiting }) => waiting?.includes('is frozen (Holidays)') === true);
    await addPlan(under, { project: clone.name, runId, planHash: 'b'.repeat(64) });
    const after = await pending(runId);
    expect(after).toMatchObject({ id: before.id, state: 'pending', binding: { planHash: 'b'.repeat(64) } });
    expect(await toldReviewers(under, clone.name)).toHaveLength(2);
    // Who still has the old one before their eyes decides on nothing.
    const stale = await decide('bob', before.id, { verdict: 'approved', bindingHash: before.bindingHash });
    expect(stale).toMatchObject({ status: 409, body: { error: { code: 'approval-changed' } } });
    await served.ask('PUT', `/projects/${clone.name}/environments/production`, { reviewers: ['alice'] });
    const seen = await decide('alice', after.id, { verdict: 'approved', bindingHash: after.bindingHash });
    expect(seen).toMatchObject({ status: 200 });
    expect(await served.finished(runId)).toMatchObject({ conclusion: 'success' });
  });

  test('an approval that runs out before the job may begin is asked for again, and one that nobody gives ends the job', async () => {
    const freeze = { kind: 'freeze', fromMs: 0, untilMs: Date.now() + 10 * hour, reason: 'Holidays' };
    const clone = await project(deploy, { windows: [freeze], approvalLifeMs: hour });
    const runId = await push(clone);
    const { id } = await pending(runId);
    await approve('alice', id);
    await served.job(runId, 'deploy', ({ waiting }) => waiting?.includes('is frozen') === true);
    try {
      ahead = 2 * hour;
      const again = await pending(runId);
      expect(again).toMatchObject({ id, state: 'pending' });
      expect(await toldReviewers(under, clone.name)).toHaveLength(2);
      ahead = 40 * 24 * hour;
      expect(await served.finished(runId)).toMatchObject({ conclusion: 'failure' });
      expect(await reasonOf(runId)).toBe('nobody approved it for production in time');
      expect((await asked(runId))[0]?.state).toBe('expired');
    } finally {
      ahead = 0;
    }
  });

  test('a word of somebody who is no reviewer any more does not count, and another one is asked', async () => {
    const freeze = { kind: 'freeze', fromMs: 0, untilMs: Date.now() + hour, reason: 'Holidays' };
    const clone = await project(deploy, { windows: [freeze] });
    const runId = await push(clone);
    await approve('alice', (await pending(runId)).id);
    await served.job(runId, 'deploy', ({ waiting }) => waiting?.includes('is frozen') === true);
    await served.ask('PUT', `/projects/${clone.name}/environments/production`, {
      reviewers: ['bob'],
      windows: [freeze],
    });
    await served.job(runId, 'deploy', ({ waiting }) => waiting?.includes('approval by bob') === true);
    const again = await pending(runId);
    expect((await toldReviewers(under, clone.name)).at(-1)).toContain('needs approval by bob');
    expect(await toldReviewers(under, clone.name)).toHaveLength(2);
    expect(await approve('bob', again.id)).toMatchObject({ status: 200 });
    await served.job(runId, 'deploy', ({ waiting }) => waiting?.includes('is frozen') === true);
    await served.ask('PUT', `/projects/${clone.name}/environments/production`, { reviewers: ['bob'] });
    expect(await served.finished(runId)).toMatchObject({ conclusion: 'success' });
  });

  test('a wait timer, a freeze and the ref of the run hold a job without anybody to ask', async () => {
    const timed = await push(await project(deploy, { reviewers: [], waitMs: hour }));
    await served.job(timed, 'deploy', ({ waiting }) => waiting?.includes('has a wait timer') === true);
    const nobody = await served.ask('GET', `/approvals?state=pending&run=${timed}`);
    expect(nobody.body).toEqual({ approvals: [] });
    const wrongRef = await push(await project(deploy, { reviewers: [], branches: ['release/*'] }));
    expect(await served.finished(wrongRef)).toMatchObject({ conclusion: 'failure' });
    expect(await reasonOf(wrongRef)).toBe(
      'production takes nothing from refs/heads/main, only from branch release/*',
    );
    try {
      ahead = 2 * hour;
      expect(await served.finished(timed)).toMatchObject({ conclusion: 'success' });
    } finally {
      ahead = 0;
    }
  });

  test('an environment that nobody has defined fails the job, with what to do', async () => {
    const clone = await project(deploy.replace('production', 'prodution'));
    const runId = await push(clone);
    expect(await served.finished(runId)).toMatchObject({ conclusion: 'failure' });
    expect(await reasonOf(runId)).toBe(
      `There is no environment 'prodution' (there are production). Define it in slipway.yml on the default branch, or with 'slipway environments set prodution --project ${clone.name}'.`,
    );
  });
});
