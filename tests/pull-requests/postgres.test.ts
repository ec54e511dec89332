import { expect, test } from 'vitest';
import { protectedProject } from '../protection/protected-project.ts';
import { contexts, referenceRules } from '../protection/reference-rules.ts';
import { serveForTest, workflow } from '../server/served.ts';
import { storeKinds } from '../store/stores.ts';

const postgres = storeKinds.find(({ name }) => name === 'PostgreSQL');

test('two servers over PostgreSQL agree on a pull request: opened at one, approved at the other, merged once', async (context) => {
  if (postgres === undefined || postgres.unavailable !== null)
    context.skip(postgres?.unavailable ?? 'no PostgreSQL');
  const store = await postgres?.create();
  const location = store?.location;
  if (location === undefined) throw new Error('no store');
  const adminToken = 'slipway_both_servers_take_this_token';
  const both = { location, adminToken, labels: [], signInLimits: { tokensPerMinute: 1_000_000 } };
  const first = await serveForTest(both);
  const second = await serveForTest({ ...both, data: first.data });
  try {
    const show = 'on: [pull_request]\njobs:\n  show: { runs-on: ubuntu-latest, steps: [{ run: "true" }] }\n';
    const files = { ...referenceRules(), ...workflow('show.yml', show) };
    const project = await protectedProject(first, 'octo/shared', files);
    const at = '/projects/octo/shared/pull-requests';
    const atSecond = async (method: string, path: string, body?: object) => {
      const response = await fetch(`${second.server.url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${project.tokens.hubot}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.json() };
    };
    const { number, head } = await project.pull('topic');
    expect(await first.runs('?project=octo/shared&event=pull_request')).toHaveLength(1);
    expect(await atSecond('POST', `${at}/${number}/reviews`, { verdict: 'approved' })).toMatchObject({
      status: 201,
    });
    const refused = await atSecond('POST', `${at}/${number}/merge`, { method: 'squash' });
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'merge-blocked' } } });
    for (const context of contexts) await project.status(head.sha, context);
    const merges = await Promise.all([
      atSecond('POST', `${at}/${number}/merge`, { method: 'squash' }),
      project.merge('monalisa', number),
    ]);
    expect(merges.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(await project.clone.git('ls-remote', 'origin', 'refs/heads/main')).toContain(
      (await project.show(number)).mergeCommitSha,
    );

    await project.topic('theirs');
    const opened = await project.ask<{ number: number; head: { sha: string } }>(
      project.tokens.reader,
      'POST',
      at,
      {
        title: 'From outside',
        head: 'theirs',
      },
    );
    expect(await first.runs('?project=octo/shared&event=pull_request')).toHaveLength(1);
    const approval = await atSecond('POST', `${at}/${opened.body.number}/runs/approve`, {
      sha: opened.body.head.sha,
    });
    expect(approval.status).toBe(200);
    expect(await first.runs('?project=octo/shared&event=pull_request')).toHaveLength(2);
  } finally {
    await second.close();
    await first.close();
    await store?.close();
  }
}, 300_000);
