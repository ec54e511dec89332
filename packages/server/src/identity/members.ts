import type { MemberAnswer } from '@slipway/contracts/api/identity';
import { SlipwayError } from '@slipway/contracts/errors';
import type { Role } from '../access/permission.ts';
import type { Store } from '../store/open-store.ts';

/** Who has which role in a project, by name. */
export async function listMembers(store: Store, project: string): Promise<MemberAnswer[]> {
  const rows = await store
    .selectFrom('project_member')
    .select(['user_name as user', 'role', 'source'])
    .where('project', '=', project.toLowerCase())
    .orderBy('user_name')
    .execute();
  return rows.map(({ role, ...row }) => ({ ...row, role: role as Role }));
}

/** Gives a user a role in a project, in place of the one that the user had. */
export async function setMember(
  store: Store,
  { project, user, role }: { project: string; user: string; role: Role },
): Promise<void> {
  await store
    .insertInto('project_member')
    .values({ project: project.toLowerCase(), user_name: user, role, source: 'given' })
    .onConflict((conflict) =>
      conflict.columns(['user_name', 'project']).doUpdateSet({ role, source: 'given' }),
    )
    .execute();
}

/** @throws SlipwayError `unknown-user` if the user has no role there */
export async function removeMember(
  store: Store,
  { project, user }: { project: string; user: string },
): Promise<void> {
  const removed = await store
    .deleteFrom('project_member')
    .where(({ and }) => and({ project: project.toLowerCase(), user_name: user.toLowerCase() }))
    .returning('user_name')
    .executeTakeFirst();
  if (removed === undefined) throw new SlipwayError('unknown-user');
}
