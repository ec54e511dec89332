import {
  addCommitStatus,
  createCheckRun,
  latestCommitStatuses,
  listAnnotations,
  listCheckRuns,
  listCheckSuites,
  readCheckRun,
  updateCheckRun,
} from '@slipway/server/checks';
import { expect, test } from 'vitest';
import { withEachStore } from './each-store.ts';

const sha = 'a'.repeat(40);
const project = 'octo/app';
const by = { project, sha, creator: 'octocat' };

withEachStore('statuses and checks', (under) => {
  const clock = (now: number) => ({ store: under.store, now });

  test('of one context the last status counts', async () => {
    await addCommitStatus(clock(1), { ...by, state: 'pending', context: 'ci/a' });
    await addCommitStatus(clock(2), { ...by, state: 'success', context: 'ci/b' });
    await addCommitStatus(clock(3), { ...by, sha: sha.toUpperCase(), state: 'failure', context: 'ci/a' });
    const latest = await latestCommitStatuses(under.store, { project, sha });
    expect(latest.map(({ context, state }) => [context, state])).toEqual([
      ['ci/a', 'failure'],
      ['ci/b', 'success'],
    ]);
    expect(await latestCommitStatuses(under.store, { project: 'octo/other', sha })).toEqual([]);
  });

  test('a check run that gets a conclusion is completed, and one that begins again has none', async () => {
    const made = await createCheckRun(clock(10), { ...by, name: 'lint', app: 'octocat' });
    expect(made).toMatchObject({ status: 'queued', conclusion: null, started_at: 10 });
    const done = await updateCheckRun(clock(20), made, { conclusion: 'failure' });
    expect(done).toMatchObject({ status: 'completed', conclusion: 'failure', completed_at: 20 });
    const again = await updateCheckRun(clock(30), made, { status: 'in_progress' });
    expect(again).toMatchObject({ status: 'in_progress', conclusion: null, completed_at: null });
    expect(await updateCheckRun(clock(40), { project: 'octo/other', id: made.id }, {})).toBeNull();
  });

  test('of one name and maker the last check run counts, and annotations add up', async () => {
    const annotation = {
      path: 'src/a.ts',
      start_line: 1,
      end_line: 2,
      start_column: null,
      end_column: null,
      annotation_level: 'warning',
      message: 'a NUL \0 that PostgreSQL would refuse',
      title: null,
      raw_details: null,
    } as const;
    const first = await createCheckRun(clock(1), {
      ...by,
      name: 'types',
      app: 'octocat',
      conclusion: 'failure',
    });
    const output = { title: 'Types', summary: 'two', annotations: [annotation] };
    const second = await createCheckRun(clock(2), { ...by, name: 'types', app: 'octocat', output });
    await updateCheckRun(clock(3), second, { output: { annotations: [annotation] } });
    const named = (await listCheckRuns(under.store, { project, sha })).filter(({ name }) => name === 'types');
    expect(named.map(({ id }) => id)).toEqual([second.id]);
    const all = await listCheckRuns(under.store, { project, sha, filter: 'all' });
    expect(all.map(({ id }) => id)).toContain(first.id);
    expect(await listAnnotations(under.store, second.id)).toHaveLength(2);
    expect(await readCheckRun(under.store, second)).toMatchObject({ title: 'Types', summary: 'two' });
    expect(await listCheckSuites(under.store, { project, sha })).toHaveLength(1);
  });
});
