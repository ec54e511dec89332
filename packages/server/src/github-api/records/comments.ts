import type { Selectable } from 'kysely';
import { storableText } from '../../controller/storable-text.ts';
import type { Store } from '../../store/open-store.ts';
import type { IssueCommentTable } from '../../store/tables/github-api.ts';

export type IssueComment = Selectable<IssueCommentTable>;

interface Clock {
  store: Store;
  now: number;
}

export async function addComment(
  { store, now }: Clock,
  { body, ...comment }: Pick<IssueComment, 'project' | 'number' | 'body' | 'author'>,
): Promise<IssueComment> {
  return store
    .insertInto('issue_comment')
    .values({ ...comment, body: storableText(body), created_at: now, updated_at: now })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The oldest first; of one pull request, or of all. */
export async function listComments(
  store: Store,
  { project, number, since = 0 }: { project: string; number?: number; since?: number },
): Promise<IssueComment[]> {
  const query = store
    .selectFrom('issue_comment')
    .selectAll()
    .where('project', '=', project)
    .where('updated_at', '>=', since)
    .orderBy('id');
  return (number === undefined ? query : query.where('number', '=', number)).execute();
}

export async function readComment(
  store: Store,
  { project, id }: { project: string; id: number },
): Promise<IssueComment | null> {
  const row = await store
    .selectFrom('issue_comment')
    .selectAll()
    .where(({ and }) => and({ project, id }))
    .executeTakeFirst();
  return row ?? null;
}

export async function changeComment(
  { store, now }: Clock,
  { id }: IssueComment,
  body: string,
): Promise<IssueComment> {
  return store
    .updateTable('issue_comment')
    .set({ body: storableText(body), updated_at: now })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function removeComment(store: Store, { id }: IssueComment): Promise<void> {
  await store.deleteFrom('issue_comment').where('id', '=', id).execute();
}
