import type { Diagnostic } from '@slipway/workflow';
import type { EventSources } from '../events/event-sources.ts';
import type { Project } from '../projects/find-project.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import { git } from '../repositories/git.ts';
import { readFileAt } from '../repositories/read-commits.ts';
import { type Protection, protectionPath } from './protection-rules.ts';
import { readProtection } from './read-protection.ts';

export interface RulesInForce {
  protection: Protection;
  /** The commit whose rules they are; null: there is no file. */
  sha: string | null;
  /** What is wrong with the file as it is now: then the rules are of an older commit. */
  diagnostics: Diagnostic[];
}

const mostCommits = 200;

/**
 * The rules of a repository: those of the file on its default branch. While that cannot be read, the last ones that could be are in force:
 * the branch's own history says which, so that there is nothing else to keep. A file that was removed is no mistake.
 */
export async function rulesInForce(
  { repositories }: Pick<EventSources, 'repositories'>,
  { name, settings: { defaultBranch } }: Project,
): Promise<RulesInForce> {
  const directory = repositoryDirectory(repositories, name);
  const branch = `refs/heads/${defaultBranch}`;
  const content = await readFileAt(directory, { revision: branch, path: protectionPath });
  if (content === null) return { protection: [], sha: null, diagnostics: [] };
  const { value, diagnostics } = readProtection(content);
  const [newest, ...older] = await commitsOfFile(directory, branch);
  if (value !== undefined) return { protection: value, sha: newest ?? null, diagnostics };
  for (const revision of older) {
    const before = await readFileAt(directory, { revision, path: protectionPath });
    const good = before === null ? [] : readProtection(before).value;
    if (good !== undefined) return { protection: good, sha: before === null ? null : revision, diagnostics };
  }
  return { protection: [], sha: null, diagnostics };
}

/** Commits of the branch itself that changed the file, the newest first. */
async function commitsOfFile(directory: string, branch: string): Promise<string[]> {
  const args = ['log', '--first-parent', '--format=%H', `--max-count=${mostCommits}`, branch, '--'];
  const text = await git(directory, [...args, protectionPath]);
  return text.split('\n').filter((line) => line !== '');
}
