import type { Store } from '../store/open-store.ts';

/** The next number of a project, which nothing else of it gets. To be called in the transaction that uses it. */
export async function nextNumber(transaction: Store, project: string): Promise<number> {
  const { last } = await transaction
    .insertInto('project_number')
    .values({ project, last: 1 })
    .onConflict((conflict) =>
      conflict
        .column('project')
        .doUpdateSet(({ eb, ref }) => ({ last: eb(ref('project_number.last'), '+', 1) })),
    )
    .returning('last')
    .executeTakeFirstOrThrow();
  return last;
}
