import { expect, onTestFinished, test } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { runSlipway } from '../slipway-process.ts';

test('a job uses the actions that come with Slipway and its command, offline', async () => {
  const repository = new GitRepository({
    '.github/workflows/deploy.yml': `on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - run: slipway run --help | head -1
      - uses: slipway-ci/slipway/actions/notify@v1
        with:
          text: 'deployed: \${{ job.status }}'
`,
  });
  onTestFinished(() => repository.remove());
  const { status, stdout } = await runSlipway(['run', '--offline'], {
    cwd: repository.path,
    env: { SLIPWAY_HOME: repository.home },
  });
  expect(status, stdout).toBe(0);
  expect(stdout).toContain('Usage: slipway run');
  expect(stdout).toContain('deployed: success');
});
