import { userInfo } from 'node:os';
import { basename } from 'node:path';
import type { RepositoryFacts } from '@slipway/workflow/triggers';
import { type GitFiles, repositoryOfUrl } from './git-files.ts';
import type { GitHead } from './git-head.ts';

export interface FactsAsked {
  root: string;
  head: GitHead;
  files: GitFiles;
  /** Overrule what git says. */
  ref: string | null;
  repository: string | null;
  actor: string | null;
  environment: NodeJS.ProcessEnv;
}

/** What an event tells of the repository: as typed, else as git knows it, else the most likely. */
export function repositoryFacts(asked: FactsAsked): RepositoryFacts {
  const { root, head, files, environment } = asked;
  const defaultBranch = files.defaultBranch ?? head.branch ?? 'main';
  const remote = files.originUrl === null ? null : repositoryOfUrl(files.originUrl);
  const [before] = head.parents;
  const { GITHUB_SERVER_URL: serverUrl } = environment;
  return {
    repository: asked.repository ?? remote ?? `local/${basename(root).replaceAll(/[^\w.-]/g, '-')}`,
    actor: asked.actor ?? environment.GITHUB_ACTOR ?? environment.USER ?? userName(),
    defaultBranch,
    ref: asked.ref === null ? checkedOutRef(head, defaultBranch) : fullRef(asked.ref, files),
    head,
    ...(before === undefined ? {} : { before }),
    ...(serverUrl === undefined ? {} : { serverUrl }),
  };
}

/** A detached head stands for the tag that names it. */
function checkedOutRef({ branch, tags }: GitHead, defaultBranch: string): string {
  const [tag] = tags;
  return branch === null && tag !== undefined ? tag : `refs/heads/${branch ?? defaultBranch}`;
}

/** A short name is that of a tag if there is one, else of a branch. */
function fullRef(ref: string, { hasTag }: GitFiles): string {
  if (ref.startsWith('refs/')) return ref;
  return hasTag(ref) ? `refs/tags/${ref}` : `refs/heads/${ref}`;
}

/** There may be none for this user id, as in containers. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'local';
  }
}
