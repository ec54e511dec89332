import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { prepareTestEngine, type TestEngine, testImages } from '../containers/test-engine.ts';
import { GitRepository } from '../git-repository.ts';
import { noPseudoTerminal, PseudoTerminal } from '../pseudo-terminal.ts';

let engine: TestEngine;

beforeAll(async () => {
  engine = await prepareTestEngine();
}, 600_000);

test('the shell of a job in a container is in that container, with the environment of the step', async (context) => {
  if (engine.kind === 'skip') return context.skip(engine.reason);
  const reason = noPseudoTerminal();
  if (reason !== undefined) return context.skip(reason);
  const repository = new GitRepository({
    '.github/workflows/ci.yml': `on: push
jobs:
  test:
    runs-on: ubuntu-latest
    container: ${testImages.base}
    steps:
      - run: mkdir sub && echo SET=before >> "$GITHUB_ENV"
      - run: test "$BY_HAND" = done
        working-directory: sub
`,
  });
  onTestFinished(() => repository.remove());
  const env = { SLIPWAY_HOME: repository.home };
  const terminal = new PseudoTerminal(['run', '--pause-on-failure'], { cwd: repository.path, env });
  await terminal.types('shell');
  await terminal.shows('slipway:test$ ');
  terminal.send('echo "<$(test -f /.dockerenv && echo inside) $SET $(pwd)>"\r');
  await terminal.shows(/<inside before \/__w\/\S+\/sub>/);
  terminal.send('echo BY_HAND=done >> "$GITHUB_ENV"; exit\r');
  await terminal.types('retry');
  expect(await terminal.ended).toBe(0);
}, 120_000);
