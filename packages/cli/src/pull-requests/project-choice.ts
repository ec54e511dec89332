import type { Mistake, OptionSpec, TypedArguments } from '../command-line/command.ts';
import { readGitFiles, repositoryOfUrl } from '../repository/git-files.ts';
import { findRepositoryRoot } from '../repository/repository-root.ts';

export const projectOption: OptionSpec = {
  name: 'project',
  value: 'OWNER/NAME',
  help: 'the project; default GITHUB_REPOSITORY, else what origin is of',
};

/** Which project is meant: the one that was named, else that of the repository around. */
export function chooseProject(
  { values }: TypedArguments,
  environment: NodeJS.ProcessEnv,
  folder: string,
): { project: string; mistake: Mistake | null } {
  const typed = values.get('project')?.[0] ?? environment.GITHUB_REPOSITORY;
  const project = typed ?? projectOfFolder(folder) ?? '';
  if (/^[^/\s]+\/[^/\s]+$/.test(project)) return { project, mistake: null };
  const mistake = { message: 'there is no project', mend: 'Name one with --project OWNER/NAME.' };
  return { project, mistake };
}

function projectOfFolder(folder: string): string | null {
  const root = findRepositoryRoot(folder);
  const url = root === null ? null : readGitFiles(root).originUrl;
  return url === null ? null : repositoryOfUrl(url);
}
