import type { Store } from '../store/open-store.ts';

/** A deployment as far as it decides which bundles are needed. */
export interface Need {
  environment: string;
  releaseId: number;
  /** It has not ended: it serves, or will, or is going back. */
  isOpen: boolean;
  isCompleted: boolean;
}

/**
 * Which releases environments need: those under way or waiting, the one that serves, and before it so many others that can be gone back
 * to. Pure.
 * @param newestFirst by their ends
 */
export function releasesInNeed(newestFirst: readonly Need[], rollbackReleases: number): Set<number> {
  const needed = new Set(newestFirst.filter(({ isOpen }) => isOpen).map(({ releaseId }) => releaseId));
  const completed = newestFirst.filter(({ isCompleted }) => isCompleted);
  for (const [, own] of Map.groupBy(completed, ({ environment }) => environment)) {
    const distinct = new Set(own.map(({ releaseId }) => releaseId));
    for (const id of [...distinct].slice(0, 1 + rollbackReleases)) needed.add(id);
  }
  return needed;
}

/**
 * The digests of what environments need, and of what runs that have not finished have released or planned to deploy: somebody may still
 * approve that.
 */
export async function neededDigests(
  store: Store,
  { project, rollbackReleases }: { project: string; rollbackReleases: number },
): Promise<Set<string>> {
  const ids = releasesInNeed(await needsOf(store, project), rollbackReleases);
  for (const id of await releasesOfOpenRuns(store, project)) ids.add(id);
  if (ids.size === 0) return new Set();
  const releases = await store
    .selectFrom('release')
    .select('components')
    .where('id', 'in', [...ids])
    .execute();
  return new Set(
    releases.flatMap(({ components }) =>
      Object.values(JSON.parse(components) as Record<string, { digest: string }>).map(({ digest }) => digest),
    ),
  );
}

async function needsOf(store: Store, project: string): Promise<Need[]> {
  const rows = await store
    .selectFrom('deployment')
    .select(['environment', 'release_id', 'state_kind', 'finished_at'])
    .where('project', '=', project)
    .where(({ or, eb }) => or([eb('finished_at', 'is', null), eb('state_kind', '=', 'completed')]))
    .orderBy('finished_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  return rows.map(({ environment, release_id, state_kind, finished_at }) => ({
    environment,
    releaseId: release_id,
    isOpen: finished_at === null,
    isCompleted: state_kind === 'completed',
  }));
}

async function releasesOfOpenRuns(store: Store, project: string): Promise<number[]> {
  const openRuns = () =>
    store.selectFrom('run').select('id').where('project', '=', project).where('status', '!=', 'completed');
  const made = await store
    .selectFrom('release')
    .select('id')
    .where('project', '=', project)
    .where('run_id', 'in', openRuns())
    .execute();
  const planned = await store
    .selectFrom('deployment_plan')
    .select('release_id')
    .where('project', '=', project)
    .where('run_id', 'in', openRuns())
    .execute();
  return [...made.map(({ id }) => id), ...planned.map(({ release_id }) => release_id)];
}
