import { SlipwayError } from '@slipway/contracts/errors';
import type { Selectable } from 'kysely';
import { recordAudit } from '../access/audit.ts';
import { nameOf, requirePermission } from '../access/permission.ts';
import type { Principal } from '../access/principal.ts';
import type { EventSources } from '../events/event-sources.ts';
import { type ProjectEvent, takeProjectEvent } from '../events/take-event.ts';
import type { Project } from '../projects/find-project.ts';
import type { HeldEventTable } from '../store/tables/pull-requests.ts';

/** An event that starts nothing before somebody has approved it. */
export type HeldEvent = Selectable<HeldEventTable>;

export interface EventToHold {
  number: number;
  action: string;
  headSha: string;
  reason: string;
  happened: ProjectEvent;
}

/** Keeps an event until it is approved. What waited before of the same pull request is not what it is any more. Safe to repeat. */
export async function holdEvent(
  { store, now }: EventSources,
  project: string,
  { number, action, headSha, reason, happened }: EventToHold,
): Promise<void> {
  const { deliveryId, name, actor } = happened;
  await store.transaction().execute(async (transaction) => {
    const inserted = await transaction
      .insertInto('held_event')
      .values({
        project,
        number,
        delivery_id: deliveryId,
        name,
        action,
        actor,
        head_sha: headSha,
        happened: JSON.stringify(happened),
        reason,
        held_at: now(),
        state: 'held',
      })
      .onConflict((conflict) => conflict.columns(['project', 'delivery_id']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (inserted === undefined) return;
    const isOther = action === 'closed' || action === 'reopened';
    let older = transaction
      .updateTable('held_event')
      .set({ state: 'void', decided_at: now() })
      .where(({ and }) => and({ project, number, state: 'held' }))
      .where('id', '<', inserted.id);
    if (!isOther) older = older.where('head_sha', '!=', headSha);
    await older.execute();
  });
}

/** Of a project, or of one pull request, the oldest first. */
export function listHeldEvents(
  { store }: Pick<EventSources, 'store'>,
  project: string,
  { number, state }: { number?: number; state?: HeldEvent['state'] } = {},
): Promise<HeldEvent[]> {
  let query = store.selectFrom('held_event').selectAll().where('project', '=', project);
  if (number !== undefined) query = query.where('number', '=', number);
  if (state !== undefined) query = query.where('state', '=', state);
  return query.orderBy('id').limit(500).execute();
}

export interface RunApproval {
  principal: Principal;
  number: number;
  /** The head that somebody has looked at: its runs are approved, and no others. */
  sha: string;
}

/**
 * Lets what waits start, of one head of a pull request. Only a person may who may start runs.
 * @throws SlipwayError `forbidden`, `head-moved`, `nothing-held`
 */
export async function approveHeldEvents(
  sources: EventSources,
  project: Project,
  { principal, number, sha }: RunApproval,
): Promise<void> {
  requirePermission(principal, 'run.write', project.name);
  if (principal.kind !== 'person') throw new SlipwayError('forbidden');
  const { store, now } = sources;
  const actor = nameOf(principal);
  await store.transaction().execute(async (transaction) => {
    const waiting = await listHeldEvents({ store: transaction }, project.name, { number, state: 'held' });
    const meant = waiting.filter(({ head_sha }) => head_sha === sha);
    if (meant.length === 0) throw refusalOf(waiting);
    for (const { id } of meant) {
      const approved = await transaction
        .updateTable('held_event')
        .set({ state: 'approved', decided_by: actor, decided_at: now() })
        .where(({ and }) => and({ id, state: 'held' }))
        .returning('id')
        .executeTakeFirst();
      if (approved === undefined) throw new SlipwayError('head-moved');
    }
    const subject = `pull request ${number}`;
    const entry = { at: now(), actor, action: 'runs.approved', project: project.name, subject } as const;
    await recordAudit(transaction, { ...entry, outcome: 'done', detail: { sha } });
  });
  await startApproved(sources, project);
}

function refusalOf(waiting: readonly HeldEvent[]): SlipwayError {
  const [latest] = waiting.slice(-1);
  if (latest === undefined) return new SlipwayError('nothing-held');
  const message = `The head is ${latest.head_sha} now: look at that.`;
  return new SlipwayError('head-moved', { message, field: 'sha' });
}

/** Starts what is approved and was not started yet, e.g. since the server was killed between the two. Safe to repeat. */
export async function startApproved(sources: EventSources, project: Project): Promise<void> {
  const { store, now } = sources;
  const approved = await store
    .selectFrom('held_event')
    .select(['id', 'happened'])
    .where(({ and }) => and({ project: project.name, state: 'approved' }))
    .where('started_at', 'is', null)
    .orderBy('id')
    .execute();
  for (const { id, happened } of approved) {
    await takeProjectEvent(sources, project, JSON.parse(happened) as ProjectEvent).catch(ignoreGone);
    await store.updateTable('held_event').set({ started_at: now() }).where('id', '=', id).execute();
  }
}

/** What happened to a commit that is gone by now starts nothing. */
export function ignoreGone(error: unknown): void {
  if (error instanceof SlipwayError && error.code === 'unknown-ref') return;
  throw error;
}
