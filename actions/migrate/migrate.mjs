import { spawn, spawnSync } from 'node:child_process';
import { fail, input, numberInput, parseJson, summarize } from '../step.mjs';

const { env } = process;
const image = input('IMAGE');
const command = input('COMMAND');
// Timers can't wait longer.
const patienceMs = Math.min(numberInput('Migrate', 'TIMEOUT_MINUTES') * 60_000, 2 ** 31 - 1);
if (image === '' && command === '') fail('Migrate', 'Set command, image or both.');
if (image !== '' && !/@sha256:[0-9a-f]{64}$/.test(image))
  fail('Migrate', `${image} is a name that can come to mean something else: give repository@sha256:…`);

showPending();
// The name is the token: a second start by a repeated step meets the container that is there, and doesn't migrate twice.
const container = `migrate-${env.GITHUB_RUN_ID}-${env.GITHUB_RUN_ATTEMPT}-${env.GITHUB_JOB}`;
const [program, ...args] = image === '' ? ['bash', '-euo', 'pipefail', '-c', command] : containerCommand();
const { code, signal, isLate } = await run(program, args);
if (isLate) fail('Migrate', `The migrations were stopped after ${input('TIMEOUT_MINUTES')} minutes.`);
// A null code never is a success: it was ended from outside.
if (code !== 0)
  fail('Migrate', `Migrations failed with ${code === null ? `signal ${signal}` : `exit code ${code}`}.`);
process.stdout.write('Migrations completed.\n');

function showPending() {
  const pendingCommand = input('PENDING_COMMAND');
  if (pendingCommand === '') return;
  const { status, stdout } = spawnSync('bash', ['-c', pendingCommand], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) fail('Migrate', `'${pendingCommand}' ended with ${status ?? 'a signal'}.`);
  const pending = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => parseJson('Migrate', line));
  const unmarked = pending.filter(({ kind }) => kind !== 'expand' && kind !== 'contract');
  if (unmarked.length > 0)
    fail(
      'Migrate',
      `${unmarked.map(({ name }) => name).join(', ')} doesn't say whether it expands or contracts.`,
    );
  const list = pending.map(({ name, kind }) => `- ${name} (${kind})`).join('\n') || 'Nothing is pending.';
  process.stdout.write(`${list}\n`);
  summarize(`### Migrations\n\n${list}`);
}

function containerCommand() {
  const variables = input('VARIABLES')
    .split(/\s+/)
    .filter(Boolean)
    .flatMap((name) => ['--env', name]);
  const network = input('NETWORK') === '' ? [] : ['--network', input('NETWORK')];
  const words = command === '' ? [] : ['sh', '-c', command];
  return ['docker', 'run', '--rm', '--name', container, ...network, ...variables, image, ...words];
}

/** @param {string} program @param {string[]} args */
function run(program, args) {
  return new Promise((resolve, reject) => {
    // A group of its own, so that what the command started ends with it.
    const child = spawn(program, args, { stdio: 'inherit', detached: true });
    let isLate = false;
    const end = () => {
      if (image !== '') spawnSync('docker', ['rm', '--force', container], { stdio: 'ignore' });
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    };
    const timer = setTimeout(() => {
      isLate = true;
      end();
    }, patienceMs);
    for (const name of ['SIGINT', 'SIGTERM']) process.once(name, end);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, isLate });
    });
  });
}
