import { SlipwayError } from '@slipway/contracts/errors';
import type { EventSources } from '../events/event-sources.ts';
import type { Project } from '../projects/find-project.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import { GitError, git } from '../repositories/git.ts';
import { readCredentials } from '../secrets/project-credentials.ts';

/** Transports of git that run no program of someone's choice. */
const protocols = 'file:git:http:https:ssh';

/** Others wait for a fetch: less than a byte a second for two minutes is nothing that would come to an end. */
const givesUpOnSilence = { GIT_HTTP_LOW_SPEED_LIMIT: '1', GIT_HTTP_LOW_SPEED_TIME: '120' };

/**
 * Fetches all branches and tags of a GitHub project into its mirror, from where jobs get them.
 * @param refs what else to fetch; one that is not there is left out
 * @throws GitError
 */
export async function fetchMirror(
  { repositories, secrets }: EventSources,
  project: Project,
  refs: readonly string[] = [],
): Promise<string> {
  const directory = repositoryDirectory(repositories, project.name);
  const { source } = project.settings;
  if (source.kind !== 'github') throw new Error(`${project.name} is not on GitHub`);
  const url = source.cloneUrl ?? `https://github.com/${project.name}.git`;
  const { githubToken } = await readCredentials(secrets, project.name);
  const env = { GIT_ALLOW_PROTOCOL: protocols, ...givesUpOnSilence, ...authorization(url, githubToken) };
  const heads = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
  const fetch = (...words: string[]) =>
    git(directory, ['fetch', '--quiet', '--no-write-fetch-head', ...words], { env });
  await inTurn(directory, async () => {
    const fetchAll = () => fetch('--prune', '--', url, ...heads);
    // Other servers may fetch into it too.
    await fetchAll().catch(fetchAll);
    for (const ref of refs) await fetch('--', url, `+${ref}:${ref}`).catch(() => {});
  });
  return directory;
}

const turns = new Map<string, Promise<unknown>>();

/** Git refuses a fetch that finds a branch moved by another one meanwhile. */
async function inTurn(directory: string, work: () => Promise<void>): Promise<void> {
  const before = turns.get(directory) ?? Promise.resolve();
  const own = before.catch(() => {}).then(work);
  turns.set(directory, own);
  try {
    await own;
  } finally {
    if (turns.get(directory) === own) turns.delete(directory);
  }
}

/**
 * Brings what is here of a project to what GitHub has of it now; of a project that is hosted here nothing is to be done.
 * @throws SlipwayError `github-unreachable`
 */
export async function fetchCurrent(sources: EventSources, project: Project): Promise<void> {
  if (project.settings.source.kind !== 'github') return;
  try {
    await fetchMirror(sources, project);
  } catch (cause) {
    if (!(cause instanceof GitError)) throw cause;
    throw new SlipwayError('github-unreachable', { message: cause.message, cause });
  }
}

/** By the environment: arguments of a process are shown to everyone on the machine. */
function authorization(url: string, token: string | undefined): Record<string, string> {
  if (token === undefined || !/^https?:/.test(url)) return {};
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${new URL(url).origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${basic}`,
  };
}
