import { expect, test } from 'vitest';
import { requireActions, runPushed, served, serveWithMirrors } from './mirrored-actions.ts';
import { workflow } from './served.ts';

serveWithMirrors();

test('actions/checkout fetches another branch of its repository from the server with the token of the job', async (context) => {
  requireActions(context, 'actions/checkout');
  const clone = await served.project('octo/checkout', {
    'where.txt': 'main\n',
    ...workflow(
      'ci.yml',
      `on: { push: { branches: [main] } }
jobs:
  look:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: { ref: topic, path: other, fetch-depth: 0 }
      - run: cat other/where.txt && git -C other log --format=%s && git -C other fetch -q origin main
`,
    ),
  });
  await clone.git('switch', '--quiet', '-c', 'topic');
  await clone.write({ 'where.txt': 'on the topic\n' });
  await clone.commit('second');
  await clone.git('push', '--quiet', 'origin', 'topic', 'main');
  const { log, conclusion } = await runPushed('octo/checkout', 'look');
  expect(conclusion, log).toBe('success');
  expect(log).toContain('on the topic\nsecond\nfirst');
}, 120_000);

test('a job that names the head of a pull request gets that, and is on its branch', async (context) => {
  requireActions(context, 'actions/checkout');
  const clone = await served.project(
    'octo/head',
    workflow(
      'ci.yml',
      `on: pull_request_target
jobs:
  look:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: { ref: '\${{ github.event.pull_request.head.sha }}', path: sha }
      - uses: actions/checkout@v4
        with: { ref: '\${{ github.head_ref }}', path: branch }
      - run: git -C sha log -1 --format=%s && cd branch && git log -1 --format=%s && git branch --show-current
`,
    ),
  );
  await clone.git('push', '--quiet', 'origin', 'main');
  await clone.git('switch', '--quiet', '-c', 'topic');
  await clone.commit('second');
  await clone.git('push', '--quiet', 'origin', 'topic');
  await served.ask('POST', '/projects/octo/head/pull-requests', { title: 'A change', head: 'topic' });
  const { log, conclusion } = await runPushed('octo/head', 'look');
  expect(conclusion, log).toBe('success');
  expect(log).toContain('second\nsecond\ntopic\n');
}, 120_000);
