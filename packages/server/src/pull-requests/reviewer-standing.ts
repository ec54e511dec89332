import { findPerson } from '../access/find-person.ts';
import { mayDo } from '../access/permission.ts';
import type { Store } from '../store/open-store.ts';

/** Whether somebody who has reviewed may write to the repository now: a word of somebody who has left counts no more. */
export async function mayStillWrite(
  store: Store,
  { reviewer, project }: { reviewer: string; project: string },
): Promise<boolean> {
  const person = await findPerson(store, reviewer);
  return person !== null && mayDo(person, 'code.write', project);
}
