import { attemptPathOf, reopenRunDirectory } from '@slipway/runner/recovery';
import type { Diagnostic } from '@slipway/workflow';
import type { Mistake } from '../command-line/command.ts';
import { meant } from '../command-line/suggestion.ts';
import type { PreparedEvent } from '../event/event-preparation.ts';
import type { RecordedRun } from '../history/recorded-run.ts';
import type { KeptRun } from '../history/run-history.ts';
import type { OpenedEvent } from '../runs/open-event.ts';
import { planRuns } from '../runs/plan-runs.ts';
import { chooseResume } from './choose-resume.ts';
import { hasFailed, jobsToRecall, plannedIds, type RerunScope } from './jobs-to-repeat.ts';
import { recallAttempt } from './recalled-attempt.ts';
import type { RunRecipe } from './run-recipe.ts';
import { withSiblingFacts } from './sibling-facts.ts';

export interface Rerun {
  prepared: PreparedEvent;
  recipe: RunRecipe;
  kept: KeptRun;
  record: RecordedRun;
  scope: RerunScope;
  /** Go on in a job from a step, as typed; null: jobs begin. */
  fromStep: { step: string; job: string | null } | null;
  home: string;
  now: number;
}

/**
 * Plans another attempt, then opens the run's folder for it.
 * @throws RunDirectoryError
 */
export function openRerun(
  rerun: Rerun,
): { opened: OpenedEvent; mistake: null } | { opened: null; mistake: Mistake } {
  const { prepared, kept, record, fromStep, home, now } = rerun;
  const { plan, diagnostics } = planAttempt(rerun);
  const [run] = plan?.runs ?? [];
  if (plan === undefined || run === undefined) return unplanned(diagnostics);
  const choice = fromStep === null ? null : chooseResume({ ...fromStep, home, plan: run, record });
  if (choice?.kind === 'refused') return { opened: null, mistake: choice.mistake };
  const resumed = choice?.job;
  const scope: RerunScope =
    resumed === undefined ? rerun.scope : { kind: 'leg', id: resumed.id, jobKey: resumed.jobKey };
  const mistake = assessScope(plannedIds(run), record, scope);
  if (mistake !== null) return { opened: null, mistake };
  const { root } = prepared;
  const directory = reopenRunDirectory({ repositoryRoot: root, slipwayHome: home, number: kept.number, now });
  if (directory === null)
    return refusal(`run ${kept.number} is under way`, 'Wait for its end, or cancel it.');
  const recalled = recallAttempt({
    jobs: jobsToRecall(run, { record, attempt: kept.attempt ?? 1 }, scope),
    names: new Map(record.jobs.map(({ jobKey, name }) => [jobKey, name])),
    from: attemptPathOf(directory.path, kept.attempt ?? 1),
    to: directory.path,
    beganAt: now,
  });
  return {
    opened: {
      prepared,
      plan,
      directories: new Map([[directory.runId, directory]]),
      recalled,
      ...(choice === null ? {} : { resume: choice.resume }),
    },
    mistake: null,
  };
}

function planAttempt({ prepared, recipe, kept }: Rerun): ReturnType<typeof planRuns> {
  const { jobs, matrix, vars } = recipe.request;
  const identity = { runId: kept.runId, number: kept.number, attempt: (kept.attempt ?? 1) + 1 };
  const { plan, diagnostics } = planRuns(prepared, [identity], { jobs, matrix, vars });
  return { plan: plan && withSiblingFacts(plan, prepared.root, recipe.siblings), diagnostics };
}

function unplanned([first]: readonly Diagnostic[]): { opened: null; mistake: Mistake } {
  if (first === undefined) return refusal('the workflow has nothing to run', 'Make a new run.');
  const { file, line, column, message, mend = '' } = first;
  return refusal(`${file}:${line}:${column}: ${message}`, mend);
}

function assessScope(ids: string[], record: RecordedRun, scope: RerunScope): Mistake | null {
  if (scope.kind === 'failed' && !hasFailed(record)) {
    const mend = 'Leave --failed out to run all of it again.';
    return { message: `no job of run ${record.runNumber} has failed`, mend };
  }
  if (scope.kind !== 'job' || ids.includes(scope.id)) return null;
  const mend = meant(scope.id, ids) ?? `Name one of: ${ids.join(', ')}.`;
  return { message: `--job ${scope.id}: the workflow has no such job`, mend };
}

function refusal(message: string, mend: string): { opened: null; mistake: Mistake } {
  return { opened: null, mistake: { message, mend } };
}
