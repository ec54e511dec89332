import { readFileSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';
import type { PausedStep } from '@slipway/runner';
import type { Step } from '@slipway/workflow';
import { readAction, readWorkflow } from '@slipway/workflow/reader';

/** Breakpoints on lines of workflow and action files. */
export class LineBreakpoints {
  /** Lines on which steps begin, by file. */
  readonly #lines = new Map<string, Set<number>>();

  /** Replaces those of the file. @returns for each line that of the step it belongs to; null: there is none */
  set(path: string, lines: readonly number[]): (number | null)[] {
    const starts = stepLines(path);
    const bound = lines.map((line) => starts.findLast((start) => start <= line) ?? null);
    this.#lines.set(realPath(path), new Set(bound.filter((line) => line !== null)));
    return bound;
  }

  clear(): void {
    this.#lines.clear();
  }

  isAt({ frames: [frame] }: PausedStep): boolean {
    if (frame?.file === undefined) return false;
    return this.#lines.get(realPath(frame.file))?.has(frame.source.at.line) ?? false;
  }
}

/** Where steps begin, ascending; none in a file that is no workflow and no action. */
function stepLines(path: string): number[] {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  return stepsOf(path, content)
    .map(({ at }) => at.line)
    .toSorted((a, b) => a - b);
}

function stepsOf(path: string, content: string): Step[] {
  if (/^action\.ya?ml$/.test(basename(path))) {
    const runs = readAction({ path, content }).value?.runs;
    return runs?.kind === 'composite' ? runs.steps : [];
  }
  const jobs = readWorkflow({ path, content }).value?.jobs ?? [];
  return jobs.flatMap((job) => (job.kind === 'job' ? job.steps : []));
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
