import type { Position } from '../../model/diagnostic.ts';
import type { Workflow } from '../../model/workflow.ts';
import { textOf } from '../../reader/convert/access.ts';
import type { ScalarPlaces } from './scalar-places.ts';

/** The script of one `run:` as it is written, expressions included. */
export interface LintScript {
  job: string;
  /** Id of the step in the model. */
  step: string;
  text: string;
  /** Where the file says it (step, job or workflow); undefined: the runner's default. */
  shell: string | undefined;
  at: Position;
  /** The place of a character of `text`. */
  place(offset: number): Position;
}

export function listScripts(workflow: Workflow, places: ScalarPlaces): LintScript[] {
  return workflow.jobs.flatMap((job) => {
    if (job.kind !== 'job') return [];
    return job.steps.flatMap((step): LintScript[] => {
      if (step.kind !== 'run') return [];
      const { at } = step.run;
      const shell = textOf(step.shell ?? job.defaults?.shell ?? workflow.defaults?.shell);
      const text = places.textAt(at);
      return [{ job: job.id, step: step.id, text, shell, at, place: (offset) => places.within(at, offset) }];
    });
  });
}
