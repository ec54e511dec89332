import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Mistake } from '../command-line/command.ts';

export interface WorkflowFile {
  /** As the repository knows it, with forward slashes; a file outside of it by its absolute path. */
  path: string;
  content: string;
}

const defaultFolder = '.github/workflows';

/** Reads the workflow files that `--workflows` names (files, or folders of `*.yml` and `*.yaml`), sorted by path. */
export function readWorkflowFiles(
  root: string,
  { named, from }: { named: readonly string[]; from: string },
): { files: WorkflowFile[]; mistakes: Mistake[] } {
  const places = named.length === 0 ? [join(root, defaultFolder)] : named.map((path) => resolve(from, path));
  const mistakes: Mistake[] = [];
  const paths = new Set<string>();
  for (const [index, place] of places.entries()) {
    const found = filesAt(place);
    for (const path of found) paths.add(path);
    if (found.length === 0) mistakes.push(nothingAt(named[index], place));
  }
  const files = [...paths].sort().flatMap((path) => {
    try {
      return [{ path: repositoryPath(root, path), content: readFileSync(path, 'utf8') }];
    } catch (error) {
      mistakes.push({
        message: `cannot read ${path}: ${error instanceof Error ? error.message : error}`,
        mend: 'Make the file readable.',
      });
      return [];
    }
  });
  return { files, mistakes };
}

function filesAt(place: string): string[] {
  const status = statSync(place, { throwIfNoEntry: false });
  if (status === undefined) return [];
  if (!status.isDirectory()) return [place];
  return readdirSync(place)
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(place, name));
}

function nothingAt(named: string | undefined, place: string): Mistake {
  return named === undefined
    ? {
        message: `no workflow files in ${place}`,
        mend: 'Add one to .github/workflows, or name files with --workflows.',
      }
    : {
        message: `--workflows ${named}: no workflow file there`,
        mend: 'Name a workflow file or a folder of them.',
      };
}

function repositoryPath(root: string, path: string): string {
  const inside = relative(root, path);
  return inside.startsWith('..') ? path : inside.replaceAll('\\', '/');
}
