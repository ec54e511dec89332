import { expect, onTestFinished, test } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { runSlipway } from '../slipway-process.ts';

test('checkout keeps the token that was given for later git commands, and none where none was', {
  timeout: 120_000,
}, async () => {
  const repository = new GitRepository({
    '.github/workflows/ci.yml': `on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: echo "kept $(git config --name-only --get-regexp extraheader || echo nothing)"
`,
  });
  onTestFinished(() => repository.remove());
  const { path, home } = repository;
  const run = (...more: string[]) =>
    runSlipway(['run', '--offline', ...more], { cwd: path, env: { SLIPWAY_HOME: home } });
  expect((await run()).stdout).toContain('kept nothing');
  const given = await run('-s', 'GITHUB_TOKEN=ghp_given');
  expect(given.stdout).toContain('kept http.https://github.com/.extraheader');
});
