import { SlipwayError } from '@slipway/contracts/errors';
import type { Diagnostic } from '@slipway/workflow';
import type { EventPlan, RunPlan } from '@slipway/workflow/plan';
import type { Store } from '../store/open-store.ts';
import type { Notices } from './notices.ts';
import {
  type IncomingEvent,
  planIncomingEvent,
  type StartingEvent,
  startingWorkflows,
} from './plan-incoming-event.ts';
import { storableText } from './storable-text.ts';

export type Acceptance =
  | { kind: 'accepted'; eventId: number; runs: AcceptedRun[]; notStarted: { path: string; reason: string }[] }
  /** The delivery was taken in before: nothing changed. */
  | { kind: 'duplicate'; eventId: number }
  /** It was kept with what is wrong, and starts nothing. */
  | { kind: 'refused'; eventId: number; diagnostics: Diagnostic[] };

export interface AcceptedRun {
  runId: number;
  number: number;
  workflowPath: string;
  name: string;
}

interface Clock {
  store: Store;
  now: number;
}

interface Entrance extends Clock {
  /** Of the controller in this process: it takes the event up at once. */
  notices?: Notices;
}

/**
 * Takes an event in: the event, its plan and its runs are written in one transaction, before anything of it begins. Whoever drives the
 * project finds them there.
 * @throws SlipwayError `unknown-project`
 */
export async function acceptEvent(
  { notices, ...clock }: Entrance,
  incoming: IncomingEvent,
): Promise<Acceptance> {
  const acceptance = await takeIn(clock, incoming);
  if (acceptance.kind === 'accepted') notices?.notify(`project:${incoming.project}`);
  return acceptance;
}

async function takeIn(clock: Clock, incoming: IncomingEvent): Promise<Acceptance> {
  const starting = startingWorkflows(incoming);
  if (starting.diagnostics.length > 0) return refuse(clock, incoming, starting.diagnostics);
  try {
    return await clock.store
      .transaction()
      .execute((store) => write({ store, now: clock.now }, incoming, starting));
  } catch (error) {
    if (error instanceof UnplannableEvent) return refuse(clock, incoming, error.diagnostics);
    throw error;
  }
}

/** Rolls the transaction back: runs that can't be planned take no numbers. */
class UnplannableEvent extends Error {
  readonly diagnostics: Diagnostic[];
  constructor(diagnostics: Diagnostic[]) {
    super('the event cannot be planned');
    this.diagnostics = diagnostics;
  }
}

async function write(clock: Clock, incoming: IncomingEvent, starting: StartingEvent): Promise<Acceptance> {
  const written = await insertEvent(clock, incoming, incoming.diagnostics ?? []);
  if (written.duplicate) return { kind: 'duplicate', eventId: written.id };
  const eventId = written.id;
  const identities = [];
  for (const { workflow } of starting.started) {
    identities.push(await insertRun(clock, incoming, { eventId, path: workflow.path }));
  }
  const { plan, diagnostics } = planIncomingEvent(incoming, starting, identities);
  if (plan === undefined) throw new UnplannableEvent(diagnostics);
  const planned = new Set(plan.runs.map(({ runId }) => Number(runId)));
  for (const { runId } of identities.filter(({ runId }) => !planned.has(runId))) {
    await clock.store.deleteFrom('run').where('id', '=', runId).execute();
  }
  await insertPlan(clock, incoming, { eventId, plan });
  const runs = plan.runs.map(({ runId, runNumber, workflowPath, name }) => ({
    runId: Number(runId),
    number: runNumber,
    workflowPath,
    name,
  }));
  const notStarted = starting.notStarted.map(({ workflow, reason }) => ({ path: workflow.path, reason }));
  return { kind: 'accepted', eventId, runs, notStarted };
}

async function refuse(clock: Clock, incoming: IncomingEvent, diagnostics: Diagnostic[]): Promise<Acceptance> {
  const { id: eventId, duplicate } = await insertEvent(clock, incoming, [
    ...(incoming.diagnostics ?? []),
    ...diagnostics,
  ]);
  return duplicate ? { kind: 'duplicate', eventId } : { kind: 'refused', eventId, diagnostics };
}

async function insertEvent(
  { store, now }: Clock,
  { project, deliveryId, event, depth = 0 }: IncomingEvent,
  diagnostics: Diagnostic[],
): Promise<{ id: number; duplicate: boolean }> {
  const known = await store
    .selectFrom('project')
    .select('name')
    .where('name', '=', project)
    .executeTakeFirst();
  if (known === undefined) throw new SlipwayError('unknown-project', { field: 'project' });
  const inserted = await store
    .insertInto('event')
    .values({
      project,
      delivery_id: deliveryId,
      name: event.name,
      facts: JSON.stringify(event),
      depth,
      diagnostics: diagnostics.length === 0 ? null : JSON.stringify(diagnostics),
      received_at: now,
    })
    .onConflict((conflict) => conflict.columns(['project', 'delivery_id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted !== undefined) return { id: inserted.id, duplicate: false };
  const { id } = await store
    .selectFrom('event')
    .select('id')
    .where('project', '=', project)
    .where('delivery_id', '=', deliveryId)
    .executeTakeFirstOrThrow();
  return { id, duplicate: true };
}

/** The run's number and id, which its plan needs; what the plan says of it follows. */
async function insertRun(
  { store, now }: Clock,
  { project, event, actor, priority = 0 }: IncomingEvent,
  { eventId, path }: { eventId: number; path: string },
): Promise<{ runId: number; number: number }> {
  const { last: number } = await store
    .insertInto('run_counter')
    .values({ project, workflow_path: path, last: 1 })
    .onConflict((conflict) =>
      conflict.columns(['project', 'workflow_path']).doUpdateSet(({ eb, ref }) => ({
        last: eb(ref('run_counter.last'), '+', 1),
      })),
    )
    .returning('last')
    .executeTakeFirstOrThrow();
  const { id: runId } = await store
    .insertInto('run')
    .values({
      project,
      event_id: eventId,
      event: event.name,
      ref: event.ref,
      sha: event.sha,
      actor,
      workflow_path: path,
      workflow_name: path,
      name: path,
      number,
      priority,
      attempt: 1,
      status: 'queued',
      created_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { runId, number };
}

async function insertPlan(
  { store, now }: Clock,
  { project, actor }: IncomingEvent,
  { eventId, plan }: { eventId: number; plan: EventPlan },
): Promise<void> {
  if (plan.runs.length === 0) return;
  const { id: planId } = await store
    .insertInto('event_plan')
    .values({ project, event_id: eventId, plan: JSON.stringify(plan), state: 'active' })
    .returning('id')
    .executeTakeFirstOrThrow();
  for (const [position, run] of plan.runs.entries()) {
    await nameRun(store, run);
    await store
      .insertInto('run_attempt')
      .values({
        run_id: Number(run.runId),
        attempt: run.runAttempt,
        plan_id: planId,
        position,
        actor,
        status: 'queued',
        followed_up: 0,
        created_at: now,
      })
      .execute();
  }
}

async function nameRun(store: Store, { runId, workflowName, name }: RunPlan): Promise<void> {
  await store
    .updateTable('run')
    .set({ workflow_name: storableText(workflowName), name: storableText(name) })
    .where('id', '=', Number(runId))
    .execute();
}
