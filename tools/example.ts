import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { canFetchActions, shellEnvironment } from './demo/machine.ts';

/**
 * `npm run example [-- --keep] [-- OPTION…]`: makes the Task Management System a repository of its own in a temporary folder,
 * as if its team had just pushed to main, and runs its CI there; `npm run demo` shows the whole pipeline. Further options go to
 * `slipway run`. Where git can't reach the actions that keep caches and artifacts, the run goes without them and says so.
 * The exit status is that of the run, or 2 when this machine lacks something that could not be installed.
 */
const root = join(import.meta.dirname, '..');
const slipway = join(root, 'bin/slipway');
const { keep, passedOn } = readArguments(process.argv.slice(2));

const repository = makeRepository();
process.exitCode = await runPipeline(repository);
if (keep) process.stdout.write(`The repository is kept in ${repository}\n`);
else rmSync(repository, { recursive: true, force: true });

function readArguments(argv: string[]): { keep: boolean; passedOn: string[] } {
  const { values } = parseArgs({ args: argv, options: { keep: { type: 'boolean' } }, strict: false });
  return { keep: values.keep === true, passedOn: argv.filter((argument) => argument !== '--keep') };
}

/** One commit on main, with the origin that it would have on GitHub. */
function makeRepository(): string {
  const folder = mkdtempSync(join(tmpdir(), 'taskmanager-'));
  cpSync(join(root, 'examples/taskmanager'), folder, {
    recursive: true,
    filter: (path) => !['node_modules', 'build', 'coverage', 'reports', '.slipway'].includes(basename(path)),
  });
  git(folder, 'init', '--quiet', '--initial-branch=main');
  git(folder, 'remote', 'add', 'origin', 'https://github.com/slipway-examples/taskmanager.git');
  git(folder, 'add', '--all');
  const author = ['-c', 'user.name=Task Management Team', '-c', 'user.email=team@example.com'];
  git(
    folder,
    ...author,
    '-c',
    'commit.gpgSign=false',
    'commit',
    '--quiet',
    '-m',
    'Add the Task Management System',
  );
  return folder;
}

function git(folder: string, ...args: string[]): void {
  const { status, error, stderr } = spawnSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${error?.message ?? stderr}`);
}

async function runPipeline(folder: string): Promise<number> {
  const prepared = await run(folder, ['doctor', '--fix']);
  if (prepared !== 0) {
    process.stderr.write('This machine lacks something that these workflows need; see above.\n');
    return 2;
  }
  const without = canFetchActions(folder) ? [] : ['--var', 'FETCH_ACTIONS=false'];
  if (without.length > 0) {
    process.stdout.write(
      'github.com is out of reach: the example runs without its cache of packages and keeps no artifacts.\n',
    );
  }
  return run(folder, ['run', 'push', '--workflows', '.github/workflows/ci.yml', ...without, ...passedOn]);
}

/** Ctrl-C reaches the whole foreground group: the run cancels its jobs, and this process waits until that is done. */
async function run(folder: string, args: string[]): Promise<number> {
  const ignore = () => {};
  process.on('SIGINT', ignore);
  const child = spawn(slipway, args, { cwd: folder, stdio: 'inherit', env: shellEnvironment() });
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve(status ?? (signal === 'SIGINT' ? 130 : 1)));
  });
  process.off('SIGINT', ignore);
  return code;
}
