import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Events whose ref is that of the code which their jobs check out. */
const ofTheirRef = ['push', 'pull_request', 'merge_group', 'schedule', 'workflow_dispatch'];

/**
 * Whose installs a job takes, and for whom it leaves its own. As with GitHub's caches a ref takes its own, those of the branch that it is to be
 * merged into, and those of the default branch: what an unreviewed branch leaves never comes to a build of the default branch. A fork's job takes and leaves nothing.
 * @param {NodeJS.ProcessEnv} env of the job
 * @param {any} event its payload
 * @returns {{ takenFrom: string[], leftFor: string | undefined }} refs
 */
export function assessSharing(env, event) {
  const { GITHUB_REF: ref, GITHUB_EVENT_NAME: name = '', GITHUB_REPOSITORY: repository } = env;
  const head = event.pull_request?.head;
  const isOfFork = head !== undefined && head.repo?.full_name !== repository;
  // GitHub's own machines are gone after the job.
  if (isOfFork || !ref || env.RUNNER_ENVIRONMENT === 'github-hosted')
    return { takenFrom: [], leftFor: undefined };
  const branches = [env.GITHUB_BASE_REF, event.repository?.default_branch].filter(Boolean);
  return {
    takenFrom: [...new Set([ref, ...branches.map((branch) => `refs/heads/${branch}`)])],
    leftFor: ofTheirRef.includes(name) ? ref : undefined,
  };
}

const scriptsOfInstall = [
  ...['preinstall', 'install', 'postinstall', 'prepublish'],
  ...['preprepare', 'prepare', 'postprepare', 'dependencies'],
];

/**
 * What besides lock file and settings has decided what `npm ci` left: scripts, which read and write anything, and folders of the project.
 * @param {string} folder
 * @param {{ runsScripts: boolean }} options
 * @returns {string | undefined} a reason not to give it to other jobs
 */
export function whatElseDecided(folder, { runsScripts }) {
  const { scripts = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const own = scriptsOfInstall.find((name) => scripts[name] !== undefined);
  if (runsScripts && own !== undefined) return `package.json has the script ${own}`;
  if (runsScripts && existsSync(join(folder, 'binding.gyp'))) return 'there is a binding.gyp';
  const installed = join(folder, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return 'npm does not say what it has installed';
  for (const [path, one] of Object.entries(JSON.parse(readFileSync(installed, 'utf8')).packages)) {
    const isLocal = one.resolved?.startsWith('file:') && one.integrity === undefined;
    if (one.link || isLocal || !path.startsWith('node_modules/')) return `${path} is a folder of the project`;
    if (runsScripts && one.hasInstallScript) return `${path} has a script of its own`;
  }
  return undefined;
}
