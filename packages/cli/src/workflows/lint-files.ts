import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Mistake } from '../command-line/command.ts';
import { git } from '../repository/git-head.ts';
import { readWorkflowFiles, type WorkflowFile } from './workflow-files.ts';

export interface LintFile extends WorkflowFile {
  kind: 'workflow' | 'action';
}

/** The files that were named; without names, the repository's workflows and every action file that git does not ignore. */
export async function findLintFiles(
  root: string,
  { named, from }: { named: readonly string[]; from: string },
): Promise<{ files: LintFile[]; mistakes: Mistake[] }> {
  const { files, mistakes } = readWorkflowFiles(root, { named, from, option: '' });
  const actions = named.length === 0 ? await actionFiles(root) : [];
  const kinds = files.map(
    (file): LintFile => ({ ...file, kind: isAction(file.path) ? 'action' : 'workflow' }),
  );
  // A repository may hold actions only.
  return {
    files: [...kinds, ...actions],
    mistakes: actions.length > 0 && named.length === 0 ? [] : mistakes,
  };
}

async function actionFiles(root: string): Promise<LintFile[]> {
  const patterns = ['action.yml', 'action.yaml', '*/action.yml', '*/action.yaml'];
  const listed = await git(root, [
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
    '--',
    ...patterns,
  ]);
  if (listed.failed) return [];
  const paths = [...new Set(listed.stdout.split('\0'))].filter(isAction).sort();
  return paths.flatMap((path): LintFile[] => {
    try {
      return [{ kind: 'action', path, content: readFileSync(join(root, path), 'utf8') }];
    } catch {
      // In the index, but no longer in the working tree.
      return [];
    }
  });
}

function isAction(path: string): boolean {
  return /^action\.ya?ml$/.test(basename(path));
}
