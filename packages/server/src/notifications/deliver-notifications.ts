import { type Channel, hears } from '@slipway/delivery';
import type { Selectable } from 'kysely';
import type { Notice } from '../delivery/notice.ts';
import { retryAt } from '../github/retry-at.ts';
import type { NotificationTable } from '../store/tables/delivery.ts';
import { tellEmail } from './email.ts';
import type { NotificationSources } from './notification-sources.ts';
import { OutsideError } from './post-outside.ts';
import { tellSlack, tellSlackWebhook } from './slack.ts';
import type { Telling } from './telling.ts';
import { tellWebhook } from './webhook.ts';

/** What is in the hands of one server is left alone by others for so long. */
const handlingMs = 60_000;
const mostAtOnce = 50;
/** What could not be told for so long is of no use any more. */
const longestMs = 3 * 24 * 60 * 60_000;

/**
 * Tells people what they do not know yet, each channel in order, and all beside each other: one that does not answer keeps nobody else
 * waiting. What can't be delivered is tried again later, until it is.
 */
export async function deliverNotifications(
  sources: NotificationSources,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  const { store, now } = sources;
  const due = await store
    .selectFrom('notification')
    .select(['id', 'next_at', 'channel'])
    .where('next_at', '<=', now())
    .orderBy('id')
    .limit(mostAtOnce)
    .execute();
  const queues = Map.groupBy(due, ({ channel }) => channel);
  await Promise.all([...queues.values()].map((queue) => deliverQueue(sources, queue, onTrouble)));
}

type Row = Selectable<NotificationTable>;

async function deliverQueue(
  sources: NotificationSources,
  queue: readonly Pick<Row, 'id' | 'next_at'>[],
  onTrouble: (error: unknown) => void,
): Promise<void> {
  const { store, now } = sources;
  for (const { id, next_at } of queue) {
    const row = await store
      .updateTable('notification')
      .set({ next_at: now() + handlingMs })
      .where(({ and }) => and({ id, next_at }))
      .returningAll()
      .executeTakeFirst();
    if (row === undefined || (await deliver(sources, row, onTrouble))) continue;
    // The next one would wait for an answer as long.
    if (row.channel !== null) return;
  }
}

/** @returns whether it could be done */
async function deliver(
  sources: NotificationSources,
  row: Row,
  onTrouble: (error: unknown) => void,
): Promise<boolean> {
  const { store, now } = sources;
  const { id } = row;
  try {
    if (row.channel === null) {
      await address(sources, row);
      return true;
    }
    const earlier = await earlierOf(sources, row);
    if (earlier.isWaiting) {
      await store
        .updateTable('notification')
        .set({ next_at: now() + 1_000 })
        .where('id', '=', id)
        .execute();
      return true;
    }
    const external_id = await tell(sources, row, earlier.thread);
    await store
      .updateTable('notification')
      .set({ delivered_at: now(), next_at: null, failures: 0, problem: null, external_id })
      .where('id', '=', id)
      .execute();
    return true;
  } catch (error) {
    onTrouble(error);
    const failures = row.failures + 1;
    const asked = error instanceof OutsideError ? error.retryAt : null;
    const isLate = now() - row.created_at > longestMs;
    const next_at = isLate ? null : Math.max(asked ?? 0, retryAt({ failures, now: now(), id }));
    const problem = error instanceof Error ? error.message : String(error);
    await store
      .updateTable('notification')
      .set({ failures, problem, next_at })
      .where('id', '=', id)
      .execute();
    return false;
  }
}

/** Makes a row for each channel that hears of it, in the place of the one that names none. */
async function address(sources: NotificationSources, row: Row): Promise<void> {
  const { store, now } = sources;
  const notice = JSON.parse(row.notice) as Notice;
  await sources.record(notice);
  const channels = (await sources.channelsOf(row.project)).filter((channel) => hears(channel, notice));
  await store.transaction().execute(async (transaction) => {
    for (const channel of channels) {
      await transaction
        .insertInto('notification')
        .values({
          project: row.project,
          environment: row.environment,
          deployment_id: row.deployment_id,
          channel: JSON.stringify(channel),
          notice: row.notice,
          created_at: now(),
          failures: 0,
          next_at: now(),
        })
        .execute();
    }
    await transaction
      .updateTable('notification')
      .set({ delivered_at: now(), next_at: null })
      .where('id', '=', row.id)
      .execute();
  });
}

/** What the channel was told of the deployment before. */
async function earlierOf(
  { store }: NotificationSources,
  { id, deployment_id, channel }: Row,
): Promise<{ isWaiting: boolean; thread: string | null }> {
  if (deployment_id === null) return { isWaiting: false, thread: null };
  const rows = await store
    .selectFrom('notification')
    .select(['next_at', 'external_id'])
    .where(({ and }) => and({ deployment_id, channel }))
    .where('id', '<', id)
    .orderBy('id')
    .execute();
  return {
    isWaiting: rows.some(({ next_at }) => next_at !== null),
    thread: rows.find(({ external_id }) => external_id !== null)?.external_id ?? null,
  };
}

/** @returns what the message is called there, if it has a name */
async function tell(sources: NotificationSources, row: Row, thread: string | null): Promise<string | null> {
  const { privateHosts, now, secretOf } = sources;
  const channel = JSON.parse(row.channel ?? '') as Channel;
  const telling: Telling = {
    id: row.id,
    notice: JSON.parse(row.notice) as Notice,
    thread,
    async secretOf(name) {
      const value = await secretOf(row, name);
      if (value !== undefined) return value;
      throw new OutsideError(`channel ${channel.name} needs the secret ${name}, and none is set`);
    },
    privateHosts,
    now,
  };
  switch (channel.kind) {
    case 'slack':
      return tellSlack(channel, telling);
    case 'slack-webhook':
      await tellSlackWebhook(channel, telling);
      return null;
    case 'webhook':
      await tellWebhook(channel, telling);
      return null;
    case 'email':
      return tellEmail(channel, telling);
    default:
      return channel satisfies never;
  }
}
