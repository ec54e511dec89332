import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { type RunningStep, toHostPath } from '../steps/running-step.ts';
import type { Annotation } from '../steps/step-report.ts';
import type { Problem } from './problem-matcher.ts';

/** Annotates what a matcher found, the line shown in its place. Returns false for what is no problem after all. */
export function reportProblem(step: RunningStep, problem: Problem, line: string): boolean {
  const level = levelOf(problem.severity ?? '');
  const message = problem.message ?? '';
  if (message.trim() === '' || level === undefined) {
    step.report.debug(
      'Skipping logging an issue for the matched line: no message, or a severity that is unknown.',
    );
    return false;
  }
  const file = problem.file?.trim() ? locate(step, problem.file, problem.fromPath) : undefined;
  const lineNumber = natural(problem.line);
  const column = natural(problem.column);
  step.report.annotate(
    {
      level,
      message,
      ...(file === undefined ? {} : { file }),
      ...(lineNumber === undefined ? {} : { line: lineNumber }),
      ...(column === undefined ? {} : { column }),
    },
    line,
  );
  return true;
}

function levelOf(severity: string): Annotation['level'] | undefined {
  switch (severity.toLowerCase()) {
    case '':
    case 'error':
      return 'error';
    case 'warning':
      return 'warning';
    case 'notice':
      return 'notice';
    default:
      return undefined;
  }
}

function natural(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Relative to the repository that holds it; undefined for a file that does not exist or is in none of the workspace. */
function locate(step: RunningStep, file: string, fromPath: string | undefined): string | undefined {
  const { workspace } = step.job.folders;
  const base = fromPath?.trim() && !isAbsolute(file) ? join(dirname(fromPath), file) : file;
  const path = resolve(workspace, toHostPath(step, base));
  if (!existsSync(path)) return undefined;
  const inside = relative(workspace, path);
  if (inside.startsWith('..')) return undefined;
  return relative(repositoryOf(path, workspace), path);
}

/** The nearest folder with a `.git`, else the workspace. */
function repositoryOf(path: string, workspace: string): string {
  for (let folder = dirname(path); folder.length > workspace.length; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
  }
  return workspace;
}
