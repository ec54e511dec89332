import type { Conclusion } from '@slipway/contracts';
import { type EventFacts, type Payload, workflowRunPayloadOf } from '@slipway/workflow/triggers';
import type { FinishedRun } from '../controller/driving.ts';
import { findProject } from '../projects/find-project.ts';
import type { EventSources } from './event-sources.ts';
import { takeProjectEvent } from './take-event.ts';

/** GitHub follows a chain of workflows that start each other no further. */
const mostFollowUps = 3;

/** What happens to a run that other runs may follow. */
export interface RunStage extends Pick<FinishedRun, 'project' | 'eventId' | 'run'> {
  action: 'requested' | 'in_progress' | 'completed';
  /** Null: not completed. */
  conclusion: Conclusion | null;
}

/**
 * Takes in the event `workflow_run` that a stage of a run is, if a workflow of the default branch waits for such. Safe to repeat.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflow_run
 */
export async function followRun(
  sources: EventSources,
  { project: name, eventId, run, action, conclusion }: RunStage,
): Promise<void> {
  const cause = await sources.store
    .selectFrom('event')
    .select(['facts', 'depth'])
    .where('id', '=', eventId)
    .executeTakeFirst();
  if (cause === undefined || cause.depth >= mostFollowUps) return;
  const project = await findProject(sources.store, name);
  const facts = JSON.parse(cause.facts) as EventFacts;
  const { workflowPath: path, workflowName, runId, runNumber, runAttempt, contexts } = run;
  const payload: Payload = workflowRunPayloadOf(facts, {
    path,
    workflowName,
    title: run.name,
    id: Number(runId),
    number: runNumber,
    attempt: runAttempt,
    action,
    conclusion,
  });
  await takeProjectEvent(sources, project, {
    deliveryId: `workflow_run:${runId}:${runAttempt}${action === 'completed' ? '' : `:${action}`}`,
    name: 'workflow_run',
    payload,
    actor: typeof contexts.github.actor === 'string' ? contexts.github.actor : 'slipway',
    depth: cause.depth + 1,
    keep: false,
  });
}
