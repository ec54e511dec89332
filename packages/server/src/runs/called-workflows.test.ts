import { expect, test } from 'vitest';
import { deploy, drive, job, planOf } from './driven-runs.fixture.ts';

test('a called workflow sees its inputs and what it is given of the secrets, and gives back its outputs', async () => {
  const plan = planOf({
    'ci.yml': `on: push
permissions: { contents: write, id-token: write }
env: { OUTER: yes }
jobs:
  deploy:
    name: Deploy
    strategy: { matrix: { stage: [staging, production] } }
    uses: ./.github/workflows/called.yml
    with: { stage: "\${{ matrix.stage }}" }
    secrets: { KEY: "\${{ secrets.DEPLOY_KEY }}-\${{ matrix.stage }}" }
${job('report', 'needs: deploy')}`,
    'called.yml': deploy,
  });
  const { runs, runner } = drive(
    plan,
    ({ request }) => (request.job.id === 'push' ? { outputs: { host: request.labels[0] ?? '' } } : {}),
    { secrets: { DEPLOY_KEY: 'k', OTHER: 'o', GITHUB_TOKEN: 't' } },
  );
  const [result] = await runs.finished;
  expect(result?.jobs.map(({ id, jobKey, name }) => [id, jobKey, name])).toEqual([
    ['deploy/push', 'deploy(0)/push', 'Deploy (staging) / push'],
    ['deploy/push', 'deploy(1)/push', 'Deploy (production) / push'],
    ['report', 'report', 'report'],
  ]);
  const called = runner.started[1]?.request;
  expect(called).toMatchObject({
    workflowPath: '.github/workflows/called.yml',
    labels: ['production'],
    environment: 'production',
    secrets: { KEY: 'k-production', GITHUB_TOKEN: 't' },
    permissions: { contents: 'read', 'id-token': 'write', packages: 'none' },
    defaults: { shell: { value: 'sh' }, workingDirectory: { value: 'app' } },
    contexts: {
      inputs: { stage: 'production', replicas: 2 },
      github: { job: 'push', token: 't', run_number: '7' },
    },
  });
  expect(JSON.stringify(called?.workflowEnv)).toContain('CALLED');
  expect(JSON.stringify(called?.workflowEnv)).not.toContain('OUTER');
  const report = runner.started[2]?.request;
  expect(report?.secrets).toEqual({ DEPLOY_KEY: 'k', OTHER: 'o', GITHUB_TOKEN: 't' });
  expect(report?.contexts.needs).toMatchObject({
    deploy: { outputs: { url: 'https://production/production' } },
  });
});

test('secrets are inherited, or are not passed at all', async () => {
  const call = (secrets: string) =>
    `    uses: ./.github/workflows/called.yml\n    with: { stage: x }\n${secrets}`;
  const plan = planOf({
    'ci.yml': `on: push\njobs:\n  all:\n${call('    secrets: inherit\n')}  none:\n${call('')}`,
    'called.yml': deploy,
  });
  const { runs, runner } = drive(plan, undefined, { secrets: { KEY: 'k', GITHUB_TOKEN: 't' } });
  await runs.finished;
  expect(runner.started.map(({ request }) => [request.jobKey, request.secrets])).toEqual([
    ['all/push', { KEY: 'k', GITHUB_TOKEN: 't' }],
    ['none/push', { GITHUB_TOKEN: 't' }],
  ]);
});
