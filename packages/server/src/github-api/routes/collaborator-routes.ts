import type { Role } from '../../access/permission.ts';
import { findAccount, rolesOf } from '../../identity/users.ts';
import { enter, type GithubContext, type GithubRouter, type RepositoryCall } from '../github-context.ts';
import { linksOf } from '../shapes/links.ts';
import { userShape } from '../shapes/user.ts';

/** What GitHub calls the roles. */
const permissions = { reader: 'read', developer: 'write', deployer: 'write', admin: 'admin' } as const;

/** What somebody may do in the repository, which workflows ask before they do what a comment says. @see https://docs.github.com/en/rest/collaborators/collaborators */
export function addCollaboratorRoutes(api: GithubRouter, context: GithubContext): void {
  api.get('/repos/:owner/:repo/collaborators/:user/permission', async (c) => {
    const call = await enter(c, context, 'metadata.read');
    const login = c.req.param('user');
    const role = await roleIn(call, login);
    return c.json({
      // Nobody is known who has no role: whether there is such a user is not told.
      permission: role === null ? 'none' : permissions[role],
      role_name: role ?? '',
      user: userShape(login, linksOf(call).server),
    });
  });
}

async function roleIn({ context: { store }, project }: RepositoryCall, login: string): Promise<Role | null> {
  const account = await findAccount(store, login);
  if (account === null || account.disabled_at !== null) return null;
  if (account.is_server_admin === 1) return 'admin';
  return (await rolesOf(store, account.name))[project.name.toLowerCase()] ?? null;
}
