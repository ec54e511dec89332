import { labelSets } from '../../labels/job-labels.ts';
import { systemOf } from '../../labels/known-labels.ts';
import type { Position } from '../../model/diagnostic.ts';
import type { Template } from '../../model/template.ts';
import type { NormalJob, Workflow } from '../../model/workflow.ts';
import { textOf } from '../../reader/convert/access.ts';
import type { ScalarPlaces } from './scalar-places.ts';

/** The script of one `run:` as it is written, expressions included. */
export interface LintScript {
  job: string;
  /** Id of the step in the model. */
  step: string;
  text: string;
  /** Where the file says it (step, job or workflow); undefined: the runner's default, or an expression. */
  shell: string | undefined;
  /** Undefined: no shell of this family reads it, or none that is known. */
  posix: PosixShell | undefined;
  at: Position;
  /** The place of a character of `text`. */
  place(offset: number): Position;
}

export interface PosixShell {
  dialect: 'bash' | 'sh';
  /** Options that the runner starts it with, as `set` takes them; empty: none. */
  options: string;
}

export function listScripts(workflow: Workflow, places: ScalarPlaces): LintScript[] {
  return workflow.jobs.flatMap((job) => {
    if (job.kind !== 'job') return [];
    const onWindows = labelSets(job).some((set) =>
      set.some(({ value }) => systemOf(String(value)) === 'windows'),
    );
    return job.steps.flatMap((step): LintScript[] => {
      if (step.kind !== 'run') return [];
      const { at } = step.run;
      const written = step.shell ?? job.defaults?.shell ?? workflow.defaults?.shell;
      return [
        {
          job: job.id,
          step: step.id,
          text: places.textAt(at),
          shell: textOf(written),
          posix: posixShell(written, job, onWindows),
          at,
          place: (offset) => places.within(at, offset),
        },
      ];
    });
  });
}

/** @see actions/runner, src/Runner.Worker/Handlers/ScriptHandlerHelpers.cs */
function posixShell(
  written: Template | undefined,
  { container }: NormalJob,
  onWindows: boolean,
): PosixShell | undefined {
  if (!written) {
    if (onWindows) return undefined;
    return { dialect: container ? 'sh' : 'bash', options: '-e' };
  }
  const shell = textOf(written);
  if (shell === 'bash') return { dialect: 'bash', options: '-eo pipefail' };
  if (shell === 'sh') return { dialect: 'sh', options: '-e' };
  const [, dialect, options = ''] = /^(bash|sh)\s(.*)$/.exec(shell ?? '') ?? [];
  if (dialect !== 'bash' && dialect !== 'sh') return undefined;
  return { dialect, options: /(?:^|\s)-[a-z]*e/.test(options) ? '-e' : '' };
}
