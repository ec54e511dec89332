import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ForkedProject, forkedProject } from '../attacks/forked-project.ts';
import { type Served, serveForTest, workflow } from '../server/served.ts';

let served: Served;
let fork: ForkedProject;

const job = `jobs:
  look:
    runs-on: ubuntu-latest
    environment: production
    steps:
      - run: echo "org \${{ secrets.ORG_KEY != '' }} app \${{ secrets.APP_KEY != '' }} env \${{ secrets.ENV_KEY != '' }} region \${{ vars.REGION }}"
`;

beforeAll(async () => {
  served = await serveForTest();
  const files = {
    ...workflow('ci.yml', `name: CI\non: [push, pull_request]\n${job}`),
    ...workflow('after.yml', `on: { workflow_run: { workflows: [CI], types: [completed] } }\n${job}`),
  };
  fork = await forkedProject(served, files, { forkApproval: 'none' });
  const project = `/projects/${fork.name}`;
  await served.ask('PUT', `${project}/environments/production`, {});
  const value = 'a-value-that-nobody-sees';
  for (const [name, place] of Object.entries({
    ORG_KEY: '/organizations/octo',
    APP_KEY: project,
    ENV_KEY: `${project}/environments/production`,
  })) {
    expect((await served.ask('PUT', `${place}/secrets/${name}`, { value })).status).toBe(204);
  }
  await served.ask('PUT', `${project}/environments/production/vars/REGION`, { value: 'eu' });
});
afterAll(async () => {
  await served?.close();
  await fork?.close();
});

test('a push of the team’s own gets the secrets of all levels', async () => {
  await fork.push({ 'a.txt': 'a' });
  const { id } = await fork.runOf('push');
  await served.finished(id);
  expect(await served.log(id, 'look')).toContain('org true app true env true region eu\n');
}, 300_000);

test('a fork’s pull request gets none of any level; what follows its run gets them, as on GitHub, and runs the default branch', async () => {
  await fork.pull(3, { '.github/workflows/after.yml': 'on: push\njobs: {}\n', 'b.txt': 'b' });
  const { id } = await fork.runOf('pull_request');
  await served.finished(id);
  expect(await served.log(id, 'look')).toContain('org false app false env false region eu\n');
  const after = await fork.runOf('workflow_run', 2);
  await served.finished(after.id);
  expect(await served.log(after.id, 'look')).toContain('org true app true env true region eu\n');
}, 300_000);
