import type { Selectable } from 'kysely';
import { storableText } from '../controller/storable-text.ts';
import type { Store } from '../store/open-store.ts';
import type { CommitStatusTable } from '../store/tables/github-api.ts';

export type CommitStatus = Selectable<CommitStatusTable>;

export interface NewCommitStatus {
  project: string;
  /** Whole. */
  sha: string;
  state: CommitStatus['state'];
  /** Default, as on GitHub: `default`. */
  context?: string | undefined;
  description?: string | null | undefined;
  /** Link of "details". */
  targetUrl?: string | null | undefined;
  creator: string;
}

/** Says something of a commit under a name; what was said before under the same name is history. */
export async function addCommitStatus(
  { store, now }: { store: Store; now: number },
  {
    project,
    sha,
    state,
    context = 'default',
    description = null,
    targetUrl = null,
    creator,
  }: NewCommitStatus,
): Promise<CommitStatus> {
  return store
    .insertInto('commit_status')
    .values({
      project,
      sha: sha.toLowerCase(),
      context: storableText(context),
      state,
      description: description === null ? null : storableText(description),
      target_url: targetUrl,
      creator,
      created_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** All that was said of a commit, the newest first. */
export async function listCommitStatuses(
  store: Store,
  { project, sha }: { project: string; sha: string },
): Promise<CommitStatus[]> {
  return store
    .selectFrom('commit_status')
    .selectAll()
    .where('project', '=', project)
    .where('sha', '=', sha.toLowerCase())
    .orderBy('id', 'desc')
    .execute();
}

/** What counts: of each context the last, by context. */
export async function latestCommitStatuses(
  store: Store,
  commit: { project: string; sha: string },
): Promise<CommitStatus[]> {
  const all = await listCommitStatuses(store, commit);
  const latest = new Map(all.toReversed().map((status) => [status.context, status]));
  return [...latest.values()].toSorted((one, other) => (one.context < other.context ? -1 : 1));
}
