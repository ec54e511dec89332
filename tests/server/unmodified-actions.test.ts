import type { Octokit } from '@octokit/rest';
import { beforeAll, expect, test } from 'vitest';
import { octokitOf } from '../github-api/octokit.ts';
import { requireActions, runPushed, served, serveWithMirrors } from './mirrored-actions.ts';
import { workflow } from './served.ts';

let octokit: Octokit;
serveWithMirrors();
beforeAll(() => {
  octokit = octokitOf(served);
});

test('actions/github-script deploys, comments and sets statuses as in a workflow for GitHub', async (context) => {
  requireActions(context, 'actions/github-script');
  const clone = await served.project('octo/script', {
    ...workflow(
      'deploy.yml',
      `on: workflow_dispatch
jobs:
  deploy:
    runs-on: ubuntu-latest
    permissions: { deployments: write, statuses: write, contents: read }
    steps:
      - name: Create deployment in GitHub
        id: deployment
        uses: actions/github-script@v7
        with:
          script: |
            const deployment = await github.rest.repos.createDeployment({
              owner: context.repo.owner,
              repo: context.repo.repo,
              ref: context.sha,
              environment: 'production',
              description: 'Deploying v1',
              auto_merge: false,
              required_contexts: []
            });
            return deployment.data.id;
      - name: Update deployment status
        if: always()
        uses: actions/github-script@v7
        with:
          script: |
            await github.rest.repos.createDeploymentStatus({
              owner: context.repo.owner,
              repo: context.repo.repo,
              deployment_id: \${{ steps.deployment.outputs.result }},
              state: '\${{ job.status }}' === 'success' ? 'success' : 'failure',
              environment_url: 'https://api.taskmanager.com',
              description: 'Deployment \${{ job.status }}'
            });
            await github.rest.repos.createCommitStatus({
              ...context.repo, sha: context.sha, state: 'success', context: 'deployed'
            });
`,
    ),
    ...workflow(
      'comment.yml',
      `on: pull_request
jobs:
  comment:
    runs-on: ubuntu-latest
    permissions: { pull-requests: write }
    steps:
      - name: Comment PR with test results
        if: github.event_name == 'pull_request'
        uses: actions/github-script@v7
        with:
          script: |
            await github.rest.issues.createComment({
              issue_number: context.issue.number,
              owner: context.repo.owner,
              repo: context.repo.repo,
              body: '## E2E Test Results'
            });
            const all = await github.paginate(github.rest.issues.listComments, {
              ...context.repo, issue_number: context.issue.number
            });
            console.log('comments: ' + all.length);
`,
    ),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
  const of = { owner: 'octo', repo: 'script' };
  await octokit.actions.createWorkflowDispatch({ ...of, workflow_id: 'deploy.yml', ref: 'main' });
  const { log, conclusion } = await runPushed('octo/script', 'deploy');
  expect(conclusion, log).toBe('success');
  const { data: deployments } = await octokit.repos.listDeployments(of);
  expect(deployments).toMatchObject([
    { environment: 'production', creator: { login: 'github-actions[bot]' } },
  ]);
  const { data: statuses } = await octokit.repos.listDeploymentStatuses({
    ...of,
    deployment_id: deployments[0]?.id ?? 0,
  });
  expect(statuses).toMatchObject([{ state: 'success', environment_url: 'https://api.taskmanager.com' }]);
  const { data: combined } = await octokit.repos.getCombinedStatusForRef({ ...of, ref: 'main' });
  expect(combined).toMatchObject({ state: 'success', statuses: [{ context: 'deployed' }] });

  await clone.git('switch', '--quiet', '-c', 'topic');
  await clone.commit('topic');
  await clone.git('push', '--quiet', 'origin', 'topic');
  const { data: pull } = await octokit.pulls.create({ ...of, head: 'topic', base: 'main', title: 'Topic' });
  const commented = await runPushed('octo/script', 'comment');
  expect(commented.conclusion, commented.log).toBe('success');
  expect(commented.log).toContain('comments: 1');
  const { data: comments } = await octokit.issues.listComments({ ...of, issue_number: pull.number });
  expect(comments).toMatchObject([{ body: '## E2E Test Results', user: { login: 'github-actions[bot]' } }]);
}, 120_000);

test('actions/create-release makes a release of the tag', async (context) => {
  requireActions(context, 'actions/create-release');
  const clone = await served.project('octo/release', {
    ...workflow(
      'release.yml',
      `on: push
permissions: { contents: write }
jobs:
  release:
    runs-on: ubuntu-latest
    steps:
      - id: create
        uses: actions/create-release@v1
        env: { GITHUB_TOKEN: "\${{ secrets.GITHUB_TOKEN }}" }
        with:
          tag_name: v1.2.3
          release_name: Release v1.2.3
          body: "Changes: \${{ github.event.head_commit.message }}"
      - run: echo "made \${{ steps.create.outputs.html_url }} \${{ steps.create.outputs.upload_url }}"
`,
    ),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
  const { log, conclusion } = await runPushed('octo/release', 'release');
  expect(conclusion, log).toBe('success');
  const { data: release } = await octokit.repos.getLatestRelease({ owner: 'octo', repo: 'release' });
  expect(release).toMatchObject({ tag_name: 'v1.2.3', body: 'Changes: first' });
  expect(log).toContain(`made ${release.html_url} ${release.upload_url}`);
}, 120_000);

test('actions/download-artifact takes an artifact of another run by its id', async (context) => {
  requireActions(context, 'actions/upload-artifact', 'actions/download-artifact');
  const clone = await served.project('octo/artifacts', {
    ...workflow(
      'make.yml',
      `name: Make
on: push
jobs:
  make:
    runs-on: ubuntu-latest
    steps:
      - run: echo "of the first run" > report.txt
      - uses: actions/upload-artifact@v4
        with: { name: report, path: report.txt }
`,
    ),
    ...workflow(
      'take.yml',
      `name: Take
on: { workflow_dispatch: { inputs: { run: { required: true } } } }
permissions: { actions: read }
jobs:
  take:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/download-artifact@v4
        with:
          name: report
          path: got
          run-id: \${{ inputs.run }}
          github-token: \${{ secrets.GITHUB_TOKEN }}
      - run: cat got/report.txt
`,
    ),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
  const [made] = await served.runs('?project=octo/artifacts');
  const { conclusion: madeWell } = await served.finished(made?.id ?? 0);
  expect(madeWell, await served.log(made?.id ?? 0, 'make')).toBe('success');
  await octokit.actions.createWorkflowDispatch({
    owner: 'octo',
    repo: 'artifacts',
    workflow_id: 'take.yml',
    ref: 'main',
    inputs: { run: String(made?.id) },
  });
  const { log, conclusion } = await runPushed('octo/artifacts', 'take');
  expect(conclusion, log).toBe('success');
  expect(log).toContain('of the first run');
}, 120_000);

test('github/codeql-action uploads a SARIF file and waits until it is processed', async (context) => {
  requireActions(context, 'github/codeql-action');
  const physicalLocation = { artifactLocation: { uri: 'src/app.js' }, region: { startLine: 1 } };
  const sarif = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Trivy', rules: [{ id: 'CVE-1' }] } },
        results: [{ ruleId: 'CVE-1', message: { text: 'a hole' }, locations: [{ physicalLocation }] }],
      },
    ],
  };
  const clone = await served.project('octo/sarif', {
    'src/app.js': 'eval(1)\n',
    'trivy.sarif': JSON.stringify(sarif),
    ...workflow(
      'scan.yml',
      `on: push
jobs:
  scan:
    runs-on: ubuntu-latest
    permissions: { security-events: write, contents: read, actions: read }
    steps:
      - uses: actions/checkout@v4
      - uses: github/codeql-action/upload-sarif@v3.25.0
        with: { sarif_file: trivy.sarif, category: trivy-api }
`,
    ),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
  const { log, conclusion } = await runPushed('octo/sarif', 'scan');
  expect(conclusion, log).toBe('success');
  const { data: alerts } = await octokit.codeScanning.listAlertsForRepo({ owner: 'octo', repo: 'sarif' });
  expect(alerts).toMatchObject([
    {
      tool: { name: 'Trivy' },
      rule: { id: 'CVE-1' },
      most_recent_instance: { category: 'trivy-api', location: { path: 'src/app.js' } },
    },
  ]);
}, 180_000);
