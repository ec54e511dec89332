import type { StoreUnderTest } from '../store/each-store.ts';

/** What reviewers of a project were told that waits for them, in order. */
export async function toldReviewers({ open }: StoreUnderTest, project: string): Promise<string[]> {
  const rows = await (await open())
    .selectFrom('notification')
    .select('notice')
    .where('project', '=', project)
    .where('channel', 'is', null)
    .orderBy('id')
    .execute();
  return rows
    .map(({ notice }) => JSON.parse(notice) as { topic: string; text: string })
    .filter(({ topic }) => topic === 'waiting')
    .map(({ text }) => text);
}
