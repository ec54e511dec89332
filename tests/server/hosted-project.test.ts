import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Served, serveForTest, workflow } from './served.ts';

const runProgram = promisify(execFile);
let served: Served;

beforeAll(async () => {
  served = await serveForTest();
});
afterAll(() => served.close());

describe('a push to a hosted repository', () => {
  test('runs the workflows of its commit with the code of the commit, and the log can be read', async () => {
    const clone = await served.project('octo/push', {
      'greeting.txt': 'hello from the repository\n',
      ...workflow(
        'ci.yml',
        `on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: cat greeting.txt; echo "$GITHUB_ACTOR $GITHUB_REF \${{ github.event.commits[0].message }}"
`,
      ),
    });
    const sha = await clone.git('rev-parse', 'HEAD');
    await clone.git('push', '--quiet', 'origin', 'main');
    const [run] = await served.runs('?project=octo/push');
    expect(run).toMatchObject({ event: 'push', ref: 'refs/heads/main', sha, actor: 'octocat', number: 1 });
    expect(await served.finished(run?.id ?? 0)).toMatchObject({ status: 'completed', conclusion: 'success' });
    const log = await served.log(run?.id ?? 0, 'build');
    expect(log).toContain('hello from the repository');
    expect(log).toContain('octocat refs/heads/main first');
  });

  test('starts what its branch, paths and tags say, and tells of new and deleted branches', async () => {
    const job = 'jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{ run: "true" }]\n';
    const clone = await served.project('octo/filters', {
      'src/a.txt': '1',
      ...workflow('src.yml', `on: { push: { branches: [main], paths: ['src/**'] } }\n${job}`),
      ...workflow('tag.yml', `on: { push: { tags: ['v*'] } }\n${job}`),
      ...workflow('create.yml', `on: [create, delete]\n${job}`),
    });
    const started = async () => {
      const runs = await served.runs('?project=octo/filters');
      return runs.map(
        (run) => `${run.event} ${run.ref} ${run.workflowPath.slice('.github/workflows/'.length)}`,
      );
    };
    await clone.git('push', '--quiet', 'origin', 'main');
    expect((await started()).toSorted()).toEqual([
      'create refs/heads/main create.yml',
      'push refs/heads/main src.yml',
    ]);
    await clone.write({ 'docs.txt': 'nothing of src' });
    await clone.commit('docs');
    await clone.git('push', '--quiet', 'origin', 'main');
    expect(await started()).toHaveLength(2);
    await clone.git('tag', '-a', 'v1', '-m', 'first version');
    await clone.git('push', '--quiet', 'origin', 'v1', 'main:topic');
    expect((await started()).slice(0, 3).toSorted()).toEqual([
      'create refs/heads/topic create.yml',
      'create refs/tags/v1 create.yml',
      'push refs/tags/v1 tag.yml',
    ]);
    await clone.git('push', '--quiet', 'origin', ':topic');
    expect((await started())[0]).toBe('delete refs/heads/main create.yml');
    // The same again is another change of the ref, not the same delivery.
    await clone.git('push', '--quiet', 'origin', 'main:topic');
    expect((await started())[0]).toBe('create refs/heads/topic create.yml');
  });

  test('whose workflow file is broken is kept with what is wrong, and the others start', async () => {
    const clone = await served.project('octo/broken', {
      ...workflow('bad.yml', 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    stepz: []\n'),
      ...workflow(
        'good.yml',
        'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{ run: "true" }]\n',
      ),
    });
    await clone.git('push', '--quiet', 'origin', 'main');
    expect(await served.runs('?project=octo/broken')).toMatchObject([
      { workflowPath: '.github/workflows/good.yml' },
    ]);
    const { body } = await served.ask<{ events: unknown[] }>('GET', '/projects/octo/broken/events');
    expect(body.events).toMatchObject([
      { name: 'push', diagnostics: [{ file: '.github/workflows/bad.yml', line: 5, severity: 'error' }] },
    ]);
  });

  test('needs a token, and that of a job reads its own project only', async () => {
    const clone = await served.project('octo/guarded', {
      ...workflow(
        'ci.yml',
        `on: push
jobs:
  leak:
    runs-on: ubuntu-latest
    env: { GITHUB_TOKEN: "\${{ github.token }}" }
    steps:
      - run: |
          url=$(echo "$GITHUB_SERVER_URL" | sed "s#://#://x:$GITHUB_TOKEN@#")
          git ls-remote "$url/octo/guarded.git" | grep refs/heads/main
          ! git ls-remote "$url/octo/push.git"
          git init -q . && git -c user.name=x -c user.email=x@y commit -q --allow-empty -m x
          ! git push -q "$url/octo/guarded.git" HEAD:refs/heads/evil
`,
      ),
    });
    const anonymous = clone.git('push', `${served.server.url}/octo/guarded.git`, 'main');
    await expect(anonymous).rejects.toThrow(
      /Authentication failed|could not read Username|terminal prompts/i,
    );
    const wrong = served.server.url.replace('://', '://x:slipway_wrong@');
    await expect(clone.git('ls-remote', `${wrong}/octo/guarded.git`)).rejects.toThrow(
      /Authentication failed/,
    );
    await clone.git('push', '--quiet', 'origin', 'main');
    const [run] = await served.runs('?project=octo/guarded');
    const ended = await served.finished(run?.id ?? 0);
    expect(ended.conclusion, await served.log(run?.id ?? 0, 'leak')).toBe('success');
  });

  test('can be cloned again, and refs of the server itself cannot be pushed to', async () => {
    const clone = await served.project('octo/clone', { 'a.txt': 'a' });
    await clone.git('push', '--quiet', 'origin', 'main');
    const again = await runProgram('git', ['ls-remote', await clone.git('remote', 'get-url', 'origin')]);
    expect(again.stdout).toContain('refs/heads/main');
    await expect(clone.git('push', 'origin', 'main:refs/pull/1/merge')).rejects.toThrow(/refs\/pull/);
  });
});

describe('other events of a project', () => {
  const dispatchable = `on:
  workflow_dispatch:
    inputs:
      target: { type: choice, options: [staging, production], required: true }
      dry: { type: boolean, default: true }
jobs:
  go:
    runs-on: ubuntu-latest
    steps:
      - run: echo "to \${{ inputs.target }} dry=\${{ inputs.dry }} \${{ github.event.inputs.dry }}"
`;

  test('a dispatch starts its workflow with inputs that are checked', async () => {
    const clone = await served.project('octo/dispatch', workflow('go.yml', dispatchable));
    await clone.git('push', '--quiet', 'origin', 'main');
    const path = '/projects/octo/dispatch/dispatches';
    const given = { workflow: 'go.yml', inputs: { target: 'staging', dry: false } };
    const { status, body } = await served.ask<{ runId: number }>('POST', path, given);
    expect(status).toBe(201);
    await served.finished(body.runId);
    expect(await served.log(body.runId, 'go')).toContain('to staging dry=false false');
    const refused = async (wanted: object) => served.ask('POST', path, wanted);
    expect(await refused({ workflow: 'go.yml', inputs: { target: 'moon' } })).toMatchObject({
      status: 422,
      body: { error: { code: 'invalid-inputs', field: 'inputs', message: expect.stringContaining('moon') } },
    });
    expect(await refused({ workflow: 'go.yml' })).toMatchObject({ status: 422 });
    expect(await refused({ workflow: 'no.yml' })).toMatchObject({
      status: 404,
      body: { error: { code: 'unknown-workflow', field: 'workflow' } },
    });
    expect(
      await refused({ workflow: 'go.yml', ref: 'nowhere', inputs: { target: 'staging' } }),
    ).toMatchObject({
      status: 404,
      body: { error: { code: 'unknown-ref', field: 'ref' } },
    });
  });

  test('a repository_dispatch brings its payload', async () => {
    const clone = await served.project('octo/custom', {
      ...workflow(
        'on.yml',
        `on: { repository_dispatch: { types: [deployed] } }
jobs:
  a:
    runs-on: ubuntu-latest
    steps: [{ run: 'echo "was \${{ github.event.client_payload.what }}"' }]
`,
      ),
    });
    await clone.git('push', '--quiet', 'origin', 'main');
    const path = '/projects/octo/custom/repository-dispatches';
    const body = { event_type: 'deployed', client_payload: { what: 'the api' } };
    const started = await served.ask<{ runs: { runId: number }[] }>('POST', path, body);
    expect(started).toMatchObject({ status: 201, body: { kind: 'accepted', runs: [{ number: 1 }] } });
    const runId = started.body.runs[0]?.runId ?? 0;
    await served.finished(runId);
    expect(await served.log(runId, 'a')).toContain('was the api');
    const other = await served.ask('POST', path, { event_type: 'other' });
    expect(other).toMatchObject({ status: 201, body: { runs: [] } });
  });

  test('a pull request runs on its merge, and a conflict is said', async () => {
    const clone = await served.project('octo/pulls', {
      'base.txt': 'base\n',
      ...workflow(
        'pr.yml',
        `on: pull_request
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: cat base.txt topic.txt; echo "$GITHUB_REF $GITHUB_HEAD_REF $GITHUB_BASE_REF"
`,
      ),
    });
    await clone.git('push', '--quiet', 'origin', 'main');
    await clone.git('switch', '--quiet', '-c', 'topic');
    await clone.write({ 'topic.txt': 'topic\n' });
    await clone.commit('topic');
    await clone.git('switch', '--quiet', 'main');
    await clone.write({ 'base.txt': 'newer base\n' });
    await clone.commit('newer');
    await clone.git('push', '--quiet', 'origin', 'main', 'topic');
    const path = '/projects/octo/pulls/pull-requests';
    const wanted = { title: 'A topic', head: 'topic' };
    const opened = await served.ask<{ number: number }>('POST', path, wanted);
    expect(opened).toMatchObject({ status: 201, body: { number: 1, mergeSha: expect.any(String) } });
    const [run] = await served.runs('?project=octo/pulls&event=pull_request');
    const runId = run?.id ?? 0;
    expect(await served.finished(runId)).toMatchObject({ event: 'pull_request', ref: 'refs/pull/1/merge' });
    const log = await served.log(runId, 'a');
    expect(log).toContain('newer base\ntopic\n');
    expect(log).toContain('refs/pull/1/merge topic main');
    await clone.git('switch', '--quiet', 'topic');
    await clone.write({ 'base.txt': 'another base\n' });
    await clone.commit('conflict');
    await clone.git('push', '--quiet', 'origin', 'topic');
    expect(await served.ask('GET', `${path}/1`)).toMatchObject({ body: { mergeSha: null } });
    expect(await served.runs('?project=octo/pulls&event=pull_request')).toHaveLength(1);
    const merged = await served.ask('POST', `${path}/1/merge`, {});
    expect(merged).toMatchObject({ status: 409, body: { error: { code: 'merge-conflict' } } });
  });

  test('a finished run starts the workflows that wait for it, and a chain ends', async () => {
    const link = (name: string, after: string) => `name: ${name}
on: { workflow_run: { workflows: ['${after}'], types: [completed] } }
jobs:
  a:
    runs-on: ubuntu-latest
    steps: [{ run: 'echo "after \${{ github.event.workflow_run.name }}: \${{ github.event.workflow_run.conclusion }}"' }]
`;
    const clone = await served.project('octo/chain', {
      ...workflow(
        'a.yml',
        'name: One\non: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{ run: exit 1 }]\n',
      ),
      ...workflow('b.yml', link('Two', 'One')),
      ...workflow('c.yml', link('Ring', 'Two')),
      ...workflow('d.yml', link('Round', 'Ring')),
      ...workflow('e.yml', link('Never', 'Round')),
    });
    await clone.git('push', '--quiet', 'origin', 'main');
    const names = async () => (await served.runs('?project=octo/chain')).map((run) => run.workflowName);
    for (const name of ['One', 'Two', 'Ring', 'Round']) {
      while (!(await names()).includes(name)) await new Promise((resolve) => setTimeout(resolve, 100));
      const run = (await served.runs('?project=octo/chain')).find((one) => one.workflowName === name);
      await served.finished(run?.id ?? 0);
      if (name === 'Two') expect(await served.log(run?.id ?? 0, 'a')).toContain('after One: failure');
    }
    expect(await names()).toEqual(['Round', 'Ring', 'Two', 'One']);
  });
});
