import { readFileSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import type { Mistake } from '../command-line/command.ts';
import { git } from '../repository/git-head.ts';
import { readWorkflowFiles, type WorkflowFile } from './workflow-files.ts';

export interface LintFile extends WorkflowFile {
  kind: 'workflow' | 'action';
}

/**
 * The files that were named, and of a folder its workflows (of one that holds `.github`, those) and every action file below
 * that git does not ignore. Without names: of the whole repository.
 */
export async function findLintFiles(
  root: string,
  { named, from }: { named: readonly string[]; from: string },
): Promise<{ files: LintFile[]; mistakes: Mistake[] }> {
  const files = new Map<string, LintFile>();
  const mistakes: Mistake[] = [];
  const places = named.length === 0 ? [root] : named.map((name) => resolve(from, name));
  const all = places.some(isFolder) ? await actionFiles(root) : [];
  for (const [index, place] of places.entries()) {
    const name = named[index];
    const actions = isFolder(place) ? all.filter(({ path }) => isBelow(place, join(root, path))) : [];
    const workflows = readWorkflowFiles(root, {
      named: name === undefined ? [] : [workflowsWithin(place) ?? name],
      from,
      option: '',
    });
    for (const file of workflows.files) {
      files.set(file.path, { ...file, kind: isAction(file.path) ? 'action' : 'workflow' });
    }
    for (const file of actions) files.set(file.path, file);
    // A folder may hold actions only.
    if (actions.length === 0) mistakes.push(...workflows.mistakes);
  }
  return { files: [...files.values()], mistakes };
}

/** Of a repository, and of its `.github`: the folder of its workflows. */
function workflowsWithin(place: string): string | undefined {
  const inside = basename(place) === '.github' ? 'workflows' : '.github/workflows';
  return [join(place, inside)].find(isFolder);
}

function isBelow(folder: string, path: string): boolean {
  return !relative(folder, path).startsWith('..');
}

function isFolder(place: string): boolean {
  return statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
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
