import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Mistake } from '../command-line/command.ts';

export interface WorkflowFile {
  /** As the repository knows it, with forward slashes; a file outside of it by its absolute path. */
  path: string;
  content: string;
}

const defaultFolder = '.github/workflows';

/** Reads the workflow files that `option` names (files, or folders of `*.yml` and `*.yaml`), sorted by path. */
export function readWorkflowFiles(
  root: string,
  { named, from, option = '--workflows' }: { named: readonly string[]; from: string; option?: string },
): { files: WorkflowFile[]; mistakes: Mistake[] } {
  const places = named.length === 0 ? [join(root, defaultFolder)] : named.map((path) => resolve(from, path));
  const mistakes: Mistake[] = [];
  const paths = new Set<string>();
  for (const [index, place] of places.entries()) {
    const found = filesAt(place);
    for (const path of found) paths.add(path);
    if (found.length === 0)
      mistakes.push(
        nothingAt(place, named[index] === undefined ? undefined : `${option} ${named[index]}`.trim()),
      );
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

function nothingAt(place: string, typed: string | undefined): Mistake {
  return typed === undefined
    ? {
        message: `no workflow files in ${place}`,
        mend: 'Add one to .github/workflows, or name files with --workflows.',
      }
    : {
        message: `${typed}: no workflow file there`,
        mend: 'Name a workflow file or a folder of them.',
      };
}

function repositoryPath(root: string, path: string): string {
  const inside = relative(root, path);
  return inside.startsWith('..') ? path : inside.replaceAll('\\', '/');
}
