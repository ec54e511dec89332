import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Images, openImages } from './images.ts';
import { canFetchActions, shellEnvironment } from './machine.ts';
import { makeRepository } from './repository.ts';
import { runDemo } from './run-demo.ts';
import { openTranscript } from './transcript.ts';

/**
 * `npm run demo`: the whole pipeline of the Task Management System on this machine, with times shortened by its
 * `slipway.yml`. Exit status 0: every stage did what it should; 1: one didn't; 2: this machine lacks what could not be installed.
 * `--docker`: not without Docker; `--no-docker`: not with it; otherwise with it where all of it works.
 */
const { values: wishes } = parseArgs({
  options: { docker: { type: 'boolean' } },
  allowNegative: true,
});
const root = join(import.meta.dirname, '../..');
const slipway = join(root, 'bin/slipway');
const env = shellEnvironment();

const folder = mkdtempSync(join(tmpdir(), 'slipway-demo-'));
// The doctor looks at the workflows of the repository that it is in.
const looked = await makeRepository(join(folder, 'looked-at'), 'https://git.example.com/taskmanager.git');
const doctor = spawnSync(slipway, ['doctor', '--fix'], {
  cwd: looked.folder,
  env,
  stdio: 'inherit',
});
if (doctor.status !== 0) leave('This machine lacks something that the pipeline needs; see above.');
const transcript = openTranscript((text) => process.stdout.write(text), Date.now);
const fetchesActions = canFetchActions(folder);
if (!fetchesActions)
  transcript.show('github.com is out of reach: caches of packages and artifacts are left out.');
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
const { signal } = interrupted;
let images: Images | undefined;
try {
  images = await chooseImages();
  await runDemo({
    ...{ signal, slipway: [slipway], folder, transcript, fetchesActions, ...(images && { images }) },
    env: { ...env, SLIPWAY_HOME: join(folder, 'home'), XDG_CONFIG_HOME: join(folder, 'person') },
  });
} catch (error) {
  transcript.expect('the demo came to its end', false, describeError(error));
} finally {
  await images?.close();
  rmSync(folder, { recursive: true, force: true });
}
const { failures } = transcript;
process.stdout.write(
  failures.length === 0
    ? '\nEvery stage did what it should.\n'
    : `\n${failures.length} did not hold:\n${failures.map((one) => `  ${one}\n`).join('')}`,
);
process.exitCode = failures.length === 0 ? 0 : 1;

/** The one place where it is decided whether components are images or bundles. */
async function chooseImages(): Promise<Images | undefined> {
  if (wishes.docker === false) return undefined;
  transcript.show('Looking whether Docker can be used …');
  const opened = await openImages({ folder: join(folder, 'docker'), signal });
  if (opened.kind === 'images') {
    transcript.show(`Docker is used: ${opened.images.description}.`);
    return opened.images;
  }
  if (wishes.docker) leave(`Docker can't be used: ${opened.why}.`);
  transcript.show(`Docker is not used, components are bundles: ${opened.why}.`);
  return undefined;
}

function leave(why: string): never {
  process.stderr.write(`${why}\n`);
  rmSync(folder, { recursive: true, force: true });
  process.exit(2);
}

/** With what caused it: fetch says nothing itself. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describeError(error.cause)}`;
}
