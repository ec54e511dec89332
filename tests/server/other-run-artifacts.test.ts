import { afterAll, beforeAll, expect, test } from 'vitest';
import { forkedProject } from '../attacks/forked-project.ts';
import { octokitOf } from '../github-api/octokit.ts';
import { resultsActionFiles } from '../results/bundle-action.ts';
import { type Served, serveForTest, workflow } from './served.ts';

let served: Served;

beforeAll(async () => {
  served = await serveForTest();
}, 60_000);
afterAll(() => served.close());

async function runOf(project: string, name: string): Promise<number> {
  for (;;) {
    const run = (await served.runs(`?project=${project}`)).find((one) => one.workflowName === name);
    if (run !== undefined) return run.id;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('a run that follows another one takes its artifacts, if its job may read actions', async () => {
  const take = (name: string, permissions: string) => `name: ${name}
on: { workflow_run: { workflows: [Make], types: [completed] } }
permissions: ${permissions}
jobs:
  take:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: ./act
        with:
          do: download-from
          name: report
          path: got
          run-id: \${{ github.event.workflow_run.id }}
          github-token: \${{ github.token }}
      - run: cat got/report.txt
`;
  const clone = await served.project('octo/cross', {
    ...(await resultsActionFiles()),
    ...workflow(
      'make.yml',
      `name: Make
on: push
jobs:
  make:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: echo "made by the first run" > report.txt
      - uses: ./act
        with: { do: upload, name: report, path: report.txt }
`,
    ),
    ...workflow('may.yml', take('May', '{ contents: read, actions: read }')),
    ...workflow('may-not.yml', take('May not', '{ contents: read }')),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
  const makes = await runOf('octo/cross', 'Make');
  expect(await served.finished(makes)).toMatchObject({ conclusion: 'success' });
  const may = await runOf('octo/cross', 'May');
  const ended = await served.finished(may);
  const log = await served.log(may, 'take');
  expect(ended.conclusion, log).toBe('success');
  expect(log).toContain('made by the first run');
  const mayNot = await runOf('octo/cross', 'May not');
  expect(await served.finished(mayNot)).toMatchObject({ conclusion: 'failure' });
  expect(await served.log(mayNot, 'take')).toContain('Resource not accessible by integration');

  const octokit = octokitOf(served);
  const of = { owner: 'octo', repo: 'cross' };
  const { data } = await octokit.actions.listWorkflowRunArtifacts({ ...of, run_id: makes, name: 'report' });
  expect(data).toMatchObject({
    total_count: 1,
    artifacts: [{ name: 'report', expired: false, untrusted: false, workflow_run: { id: makes } }],
  });
  const [artifact] = data.artifacts;
  const { data: zip } = await octokit.actions.downloadArtifact({
    ...of,
    artifact_id: artifact?.id ?? 0,
    archive_format: 'zip',
  });
  expect(
    Buffer.from(zip as ArrayBuffer)
      .subarray(0, 2)
      .toString(),
  ).toBe('PK');
  await octokit.actions.deleteArtifact({ ...of, artifact_id: artifact?.id ?? 0 });
  const { data: none } = await octokit.actions.listArtifactsForRepo(of);
  expect(none.total_count).toBe(0);
}, 120_000);

test('an artifact that a fork has made says so to whoever finds it by its run', async () => {
  const fork = await forkedProject(
    served,
    {
      ...(await resultsActionFiles()),
      ...workflow(
        'build.yml',
        `on: pull_request
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: echo evil > report.txt
      - uses: ./act
        with: { do: upload, name: report, path: report.txt }
`,
      ),
    },
    { forkApproval: 'none' },
  );
  try {
    const head = await fork.pull(1, { a: 'a change' });
    const build = await fork.runOf('pull_request');
    expect(await served.finished(build.id)).toMatchObject({ conclusion: 'success' });
    const octokit = octokitOf(served);
    const { data } = await octokit.actions.listArtifactsForRepo({ owner: 'octo', repo: 'remote' });
    expect(data.artifacts).toMatchObject([
      { name: 'report', untrusted: true, workflow_run: { id: build.id, head_sha: head } },
    ]);
    const { repository_id: own, head_repository_id: made } = data.artifacts[0]?.workflow_run ?? {};
    expect(made).not.toBe(own);
  } finally {
    await fork.close();
  }
}, 120_000);
