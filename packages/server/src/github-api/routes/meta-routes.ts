import { mayDo, nameOf } from '../../access/permission.ts';
import { listProjects } from '../../projects/find-project.ts';
import type { GithubContext, GithubRouter } from '../github-context.ts';
import { GithubError, notFound } from '../github-error.ts';
import { pageOf } from '../pages.ts';
import { linksOf } from '../shapes/links.ts';
import { repositoryShape } from '../shapes/repository.ts';
import { userShape } from '../shapes/user.ts';

/** What tells of the server and of who asks. */
export function addMetaRoutes(api: GithubRouter, context: GithubContext): void {
  const { publicUrl, store } = context;
  const root = `${publicUrl}/api/v3`;
  api.get('/', (c) => c.json(rootShape(root)));
  api.get('/meta', (c) => c.json({ verifiable_password_authentication: false }));
  api.get('/zen', (c) => c.text('Ship it, and know how to take it back.'));
  api.get('/rate_limit', (c) => {
    // There is no such limit for those who are let in.
    const limit = {
      limit: 1_000_000,
      used: 0,
      remaining: 1_000_000,
      reset: Math.ceil(context.now() / 1000) + 3600,
    };
    return c.json({ resources: { core: limit, graphql: limit, search: limit }, rate: limit });
  });
  api.get('/user', (c) => {
    const { principal } = c.var;
    if (principal.kind !== 'person') throw new GithubError(403, 'Resource not accessible by integration');
    const user = userShape(nameOf(principal), publicUrl);
    return c.json({ ...user, name: nameOf(principal), email: null, site_admin: principal.isServerAdmin });
  });
  api.get('/user/repos', async (c) => {
    const projects = (await listProjects(store)).filter(({ name }) =>
      mayDo(c.var.principal, 'metadata.read', name),
    );
    const shown = pageOf(c, publicUrl, projects).map((project) => {
      const may = (permission: 'code.read' | 'code.write' | 'project.admin') =>
        mayDo(c.var.principal, permission, project.name);
      return repositoryShape({
        links: linksOf({ context, project }),
        project,
        permissions: { admin: may('project.admin'), push: may('code.write'), pull: may('code.read') },
        pushedAt: project.createdAt,
      });
    });
    return c.json(shown);
  });
  api.get('/users/:user', async (c) => {
    const login = c.req.param('user');
    if (!/^[A-Za-z0-9-]{1,39}(\[bot\])?$/.test(login)) throw notFound();
    // Who there is, is not told here: the answer is made of the name alone.
    return c.json(userShape(login, publicUrl));
  });
}

/** @see https://docs.github.com/en/rest/meta/meta#github-api-root */
export function rootShape(root: string) {
  return {
    current_user_url: `${root}/user`,
    rate_limit_url: `${root}/rate_limit`,
    repository_url: `${root}/repos/{owner}/{repo}`,
    user_url: `${root}/users/{user}`,
  };
}
