import type { EventSources } from './event-sources.ts';

/** Who moves a ref. */
export interface Pusher {
  actor: string;
  /** What a job does with its token starts no workflows, as on GitHub: else it might start itself for ever. */
  isJob: boolean;
}

export interface MovedRef {
  ref: string;
  /** Zeros: it is deleted. */
  after: string;
}

const rememberedMs = 7 * 24 * 60 * 60_000;

/** Remembers who is about to move refs; durable when this resolves. */
export async function rememberPusher(
  { store, now }: EventSources,
  project: string,
  { moved, by }: { moved: readonly MovedRef[]; by: Pusher },
): Promise<void> {
  const said = { actor: by.actor, is_job: Number(by.isJob), at: now() };
  for (const { ref, after } of moved) {
    await store
      .insertInto('received_push')
      .values({ project, ref, after_sha: after, ...said })
      .onConflict((conflict) => conflict.columns(['project', 'ref', 'after_sha']).doUpdateSet(said))
      .execute();
  }
}

/**
 * Who has moved a ref to where it is.
 * @param otherwise whoever looks, of what did not come through a server
 */
export async function whoMoved(
  { store }: EventSources,
  project: string,
  { ref, after, otherwise }: MovedRef & { otherwise: string },
): Promise<Pusher> {
  const row = await store
    .selectFrom('received_push')
    .select(['actor', 'is_job'])
    .where(({ and }) => and({ project, ref, after_sha: after }))
    .executeTakeFirst();
  return row === undefined
    ? { actor: otherwise, isJob: false }
    : { actor: row.actor, isJob: row.is_job === 1 };
}

/** Forgets what has long been told of. */
export async function forgetPushers({ store, now }: EventSources, project: string): Promise<void> {
  await store
    .deleteFrom('received_push')
    .where('project', '=', project)
    .where('at', '<', now() - rememberedMs)
    .execute();
}
