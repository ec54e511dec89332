import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { runSlipway } from '../slipway-process.ts';
import { resultsActionFiles } from './bundle-action.ts';

const make = `name: Make
on: push
jobs:
  make:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: echo "made by the first run" > report.txt
      - uses: ./act
        with: { do: upload, name: report, path: report.txt }
`;

const take = (runId: string, token: string) => `name: Take
on: { workflow_run: { workflows: [Make], types: [completed] }, workflow_dispatch: {} }
jobs:
  take:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: ./act
        with: { do: download-from, name: report, path: got, run-id: '${runId}', github-token: '${token}' }
      - run: cat got/report.txt
`;

async function repositoryWith(workflows: Record<string, string>): Promise<GitRepository> {
  const repository = new GitRepository({ ...workflows, ...(await resultsActionFiles()) });
  onTestFinished(() => repository.remove());
  return repository;
}

test('a run that follows another one takes the artifacts of that one, by its id and without a token of GitHub', {
  timeout: 120_000,
}, async () => {
  const { path, home } = await repositoryWith({
    '.github/workflows/make.yml': make,
    '.github/workflows/take.yml': take('${{ github.event.workflow_run.id }}', '${{ github.token }}'),
  });
  const { status, stdout } = await runSlipway(['run', '--offline'], {
    cwd: path,
    env: { SLIPWAY_HOME: home },
  });
  expect(status, stdout).toBe(0);
  expect(stdout).toContain('there: report');
  expect(stdout).toContain('made by the first run');
});

test('what no run of this machine has left is asked of GitHub with the token that was given, or is said to be missing', {
  timeout: 120_000,
}, async () => {
  const asked: string[] = [];
  const github = createServer((request, response) => {
    asked.push(`${request.headers.authorization} ${request.url?.replace(/\?.*/, '')}`);
    response.writeHead(403, { 'content-type': 'application/json' }).end('{"message":"says GitHub"}');
  });
  await new Promise<void>((resolve) => github.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void github.close());
  const api = `http://127.0.0.1:${(github.address() as AddressInfo).port}`;
  const { path, home } = await repositoryWith({
    '.github/workflows/with.yml': take('42', 'ghp_of_a_person'),
  });
  const env = { SLIPWAY_HOME: home, GITHUB_API_URL: api };
  const args = ['run', 'workflow_dispatch', '--repository', 'octo/app'];
  const withToken = await runSlipway(args, { cwd: path, env });
  expect(withToken.status).toBe(1);
  expect(asked[0]).toBe('token ghp_of_a_person /repos/octo/app/actions/runs/42/artifacts');
  expect(withToken.stdout).toContain('says GitHub');
  asked.length = 0;
  const { path: other, home: otherHome } = await repositoryWith({
    '.github/workflows/without.yml': take('42', '${{ github.token }}'),
  });
  const without = await runSlipway(args, { cwd: other, env: { ...env, SLIPWAY_HOME: otherHome } });
  expect(without.stdout).toContain('no run of this machine has left such an artifact');
  const offline = await runSlipway([...args, '--offline'], { cwd: path, env });
  expect(offline.status).toBe(1);
  expect(offline.stdout).toContain('no run of this machine has left such an artifact');
  expect(asked).toEqual([]);
});
