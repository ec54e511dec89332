import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fail, input } from '../step.mjs';
import { keepInstalled, linkInstalled } from './installed.mjs';

const folder = resolve(input('DIRECTORY'));
const lockFile = join(folder, 'package-lock.json');
if (!existsSync(lockFile)) fail('npm ci', `There is no ${lockFile}.`);

const reason = whyNotShared();
const store = join(homedir(), '.cache/slipway/npm-ci');
const key = keyOf();
const linked = reason === undefined ? linkInstalled({ store, key, folder }) : undefined;
if (linked === undefined) {
  if (reason !== undefined) process.stdout.write(`Nothing is shared with other jobs: ${reason}.\n`);
  const { status, error } = spawnSync('npm', ['ci'], { cwd: folder, stdio: 'inherit' });
  if (error) fail('npm ci', `npm could not be started: ${error.message}`);
  if (status === 0 && reason === undefined) keepInstalled({ store, key, folder });
  process.exitCode = status ?? 1;
} else {
  process.stdout.write(`linked ${linked} files that an earlier job installed from the same lock file\n`);
}

/** @returns {string | undefined} undefined: what is installed here is good for other jobs */
function whyNotShared() {
  if (process.env.RUNNER_ENVIRONMENT === 'github-hosted') return 'this machine is gone after the job';
  if (isOfFork()) return 'this is code of a fork';
  if (readJson(join(folder, 'package.json')).workspaces !== undefined) return 'there are workspaces';
  return undefined;
}

/** What a fork's job leaves must not come to others. */
function isOfFork() {
  const { GITHUB_EVENT_PATH: path, GITHUB_REPOSITORY: repository } = process.env;
  const head = path ? readJson(path).pull_request?.head : undefined;
  return head !== undefined && head.repo?.full_name !== repository;
}

/** Everything that decides what `npm ci` does here. */
function keyOf() {
  const hash = createHash('sha256');
  const { stdout: npm } = spawnSync('npm', ['--version'], { encoding: 'utf8' });
  hash.update(JSON.stringify([process.version, process.platform, process.arch, npm]));
  const settings = Object.entries(process.env).filter(([name]) => /^npm_config_|^NODE_ENV$/i.test(name));
  hash.update(JSON.stringify([process.env.GITHUB_REPOSITORY, settings.sort()]));
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    const path = join(folder, name);
    hash.update(`\0${name}\0`).update(existsSync(path) ? readFileSync(path) : '');
  }
  return hash.digest('hex');
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
