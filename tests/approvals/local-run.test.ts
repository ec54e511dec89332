import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { noPseudoTerminal, PseudoTerminal } from '../pseudo-terminal.ts';
import { runSlipway } from '../slipway-process.ts';

const deliveryFile = `components:
  api: { role: service }
environments:
  staging: { target: process, strategy: rolling }
  production: { target: process, strategy: rolling, reviewers: [alice] }
`;

const job = (id: string, environment: string, more = '') =>
  `  ${id}:\n    runs-on: ubuntu-latest\n    environment: ${environment}\n${more}    steps: [{ run: echo ${id} entered }]\n`;

function repositoryOf(jobs: string, slipwayYml: string | null = deliveryFile): GitRepository {
  const repository = new GitRepository({
    '.github/workflows/ci.yml': `name: ci\non: push\njobs:\n${jobs}`,
    ...(slipwayYml !== null && { 'slipway.yml': slipwayYml }),
  });
  onTestFinished(() => repository.remove());
  return repository;
}

async function run({ path: cwd, home }: GitRepository, ...args: string[]) {
  const { status, stdout } = await runSlipway(['run', '--json', ...args], {
    cwd,
    env: { SLIPWAY_HOME: home },
  });
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const reasons = events.filter(({ kind }) => kind === 'job.concluded').map(({ reason }) => reason);
  return { status, reasons };
}

describe('slipway run', { timeout: 180_000 }, () => {
  test('without slipway.yml lets jobs enter what they name', async () => {
    expect(await run(repositoryOf(job('deploy', 'anywhere'), null))).toMatchObject({ status: 0 });
  });

  test('lets jobs enter what has no reviewers; what has some needs --approve where nobody can be asked', async () => {
    const repository = repositoryOf(job('stage', 'staging') + job('deploy', 'Production'));
    const refused = await run(repository);
    expect(refused.status).toBe(1);
    expect(refused.reasons).toContain(
      'production needs approval, and nobody can be asked here: give --approve production',
    );
    expect(refused.reasons).toContain(undefined);
    expect(await run(repository, '--approve', 'production')).toMatchObject({ status: 0 });
  });

  test('fails a job of an environment that slipway.yml does not define, and every one if the file has a mistake', async () => {
    const unknown = await run(repositoryOf(job('deploy', 'prodution')));
    expect(unknown).toMatchObject({
      status: 1,
      reasons: [`there is no environment 'prodution' in slipway.yml. Did you mean production?`],
    });
    const broken = await run(
      repositoryOf(job('deploy', 'staging'), deliveryFile.replace('strategy', 'stratgy')),
    );
    expect(broken.status).toBe(1);
    expect(broken.reasons[0]).toMatch(/^slipway\.yml:4:\d+: .*strategy/);
  });
});

describe('slipway run at a terminal', { timeout: 300_000 }, () => {
  beforeEach((context) => {
    const reason = noPseudoTerminal();
    if (reason !== undefined) context.skip(reason);
  });

  function inTerminal({ path: cwd, home }: GitRepository): PseudoTerminal {
    return new PseudoTerminal(['run'], { cwd, env: { SLIPWAY_HOME: home } });
  }

  test('asks once for all jobs that enter an environment, and shows what is approved', async () => {
    const repository = repositoryOf(
      job('deploy', 'production') +
        job('worker', 'production') +
        job('after', 'production', '    needs: [deploy, worker]\n'),
    );
    const terminal = inTerminal(repository);
    await terminal.shows('production needs approval; its reviewers are alice.');
    await terminal.shows(/ci \(\.github\/workflows\/ci\.yml\) at [0-9a-f]{7}/);
    await terminal.shows('Let it enter production? [y/N]');
    await terminal.types('y');
    expect(await terminal.ended).toBe(0);
    expect(terminal.output.split('[y/N]')).toHaveLength(2);
  });

  test('takes everything but yes for no', async () => {
    const terminal = inTerminal(repositoryOf(job('deploy', 'production')));
    await terminal.shows('[y/N]');
    await terminal.types('');
    await terminal.shows('it was not approved for production');
    expect(await terminal.ended).toBe(1);
  });

  test('is cancelled while it asks', async () => {
    const terminal = inTerminal(repositoryOf(job('deploy', 'production')));
    await terminal.shows('[y/N]');
    await terminal.shows('slipway> ');
    terminal.send('\x03');
    expect(await terminal.ended).toBe(130);
  });
});
