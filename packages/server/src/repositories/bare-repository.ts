import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { git } from './git.ts';

/** Where the repository of a project is: `<root>/<owner>/<name>.git`. */
export function repositoryDirectory(root: string, project: string): string {
  return path.join(root, `${project.toLowerCase()}.git`);
}

/** Settings that jobs and people need: any commit may be fetched by its name; branches and tags are pushed, nothing else. */
const settings = `[uploadpack]
	allowAnySHA1InWant = true
	allowFilter = true
[http]
	receivepack = true
[receive]
	fsckObjects = true
	denyDeleteCurrent = ignore
	hideRefs = refs
	hideRefs = !refs/heads
	hideRefs = !refs/tags
[core]
	logAllRefUpdates = true
`;
const settingsFile = 'slipway.gitconfig';

/**
 * Makes a bare repository; one that is there already is kept and gets the settings.
 * @param defaultBranch what HEAD names, e.g. `main`
 */
export async function createBareRepository(directory: string, defaultBranch: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await git(directory, ['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`, '.']);
  await writeFile(path.join(directory, settingsFile), settings);
  await git(directory, ['config', 'include.path', settingsFile]);
  // Sample hooks are noise.
  await rm(path.join(directory, 'hooks'), { recursive: true, force: true });
}

/** What HEAD of a repository names is what people and privileged events take for the default. */
export async function setDefaultBranch(directory: string, branch: string): Promise<void> {
  await git(directory, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
}
