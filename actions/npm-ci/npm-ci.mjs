import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fail, input } from '../step.mjs';
import { keepInstalled, takeInstalled } from './kept-folders.mjs';
import { assessSharing, whatElseDecided } from './sharing.mjs';

const { env } = process;
const folder = resolve(input('DIRECTORY'));
// npm prefers the first.
const lockFile = ['npm-shrinkwrap.json', 'package-lock.json'].find((name) => existsSync(join(folder, name)));
if (lockFile === undefined) fail('npm ci', `There is no package-lock.json in ${folder}.`);

const store = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'slipway/npm-ci');
const { takenFrom, leftFor } = assessSharing(
  env,
  env.GITHUB_EVENT_PATH ? readJson(env.GITHUB_EVENT_PATH) : {},
);
const taken = takenFrom.length > 0 && takeInstalled({ store, keys: keysFor(takenFrom), folder });
if (taken) {
  process.stdout.write(`copied ${taken} files that an earlier job installed from the same lock file\n`);
} else {
  const { status, error } = spawnSync('npm', ['ci'], { cwd: folder, stdio: 'inherit' });
  if (error) fail('npm ci', `npm could not be started: ${error.message}`);
  process.exitCode = status ?? 1;
  if (status === 0 && leftFor !== undefined) leave(leftFor);
}

/** @param {string} ref */
function leave(ref) {
  const { stdout } = spawnSync('npm', ['config', 'get', 'ignore-scripts'], { cwd: folder, encoding: 'utf8' });
  const reason = whatElseDecided(folder, { runsScripts: stdout.trim() !== 'true' });
  if (reason === undefined) keepInstalled({ store, key: keysFor([ref])[0], folder });
  else process.stdout.write(`Kept for no other job: ${reason}.\n`);
}

/**
 * Everything that decides what `npm ci` does here, and for whom it is.
 * @param {string[]} refs
 */
function keysFor(refs) {
  const npm = spawnSync('npm', ['--version'], { encoding: 'utf8' }).stdout;
  // Where npm keeps its downloads and finds its settings are paths of each job's own.
  const settings = Object.entries(env).filter(([name]) =>
    /^(npm_config_(?!cache$|userconfig$)|NODE_ENV$)/i.test(name),
  );
  const userSettings = env.NPM_CONFIG_USERCONFIG ?? env.npm_config_userconfig ?? join(homedir(), '.npmrc');
  const files = [userSettings, ...['package.json', lockFile, '.npmrc'].map((name) => join(folder, name))];
  const decided = [
    ...[process.version, process.platform, process.arch, npm, env.GITHUB_REPOSITORY, settings.sort()],
    ...files.map((path) => (existsSync(path) ? readFileSync(path, 'utf8') : null)),
  ];
  return refs.map((ref) =>
    createHash('sha256')
      .update(JSON.stringify([ref, ...decided]))
      .digest('hex'),
  );
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
