import { mayDo } from '../../access/permission.ts';
import { type Protection, rulesFor } from '../../protection/protection-rules.ts';
import { rulesInForce } from '../../protection/rules-in-force.ts';
import { gitBytes } from '../../repositories/git.ts';
import { readRefs } from '../../repositories/read-commits.ts';
import { findCommit, requireCommit } from '../git/find-commit.ts';
import { readOneCommit } from '../git/read-history.ts';
import { enter, type GithubContext, type GithubRouter, type RepositoryCall } from '../github-context.ts';
import { GithubError, notFound } from '../github-error.ts';
import { pageOf } from '../pages.ts';
import { commitShape } from '../shapes/commit.ts';
import { linksOf } from '../shapes/links.ts';
import { protectionShape } from '../shapes/protection.ts';
import { repositoryShape } from '../shapes/repository.ts';

/** The repository itself, its branches and tags. */
export function addRepositoryRoutes(api: GithubRouter, context: GithubContext): void {
  const { publicUrl } = context;
  api.get('/repos/:owner/:repo', async (c) => {
    const call = await enter(c, context, 'metadata.read');
    return c.json(await describeRepository(call));
  });
  api.get('/repos/:owner/:repo/branches', async (c) => {
    const call = await enter(c, context, 'code.read');
    const names = await branchNames(call);
    const { protection } = await rulesInForce(context, call.project);
    const branches = await Promise.all(
      pageOf(c, publicUrl, names).map((name) => branchShape(call, name, protection)),
    );
    return c.json(
      branches.map(({ name, commit, protected: isProtected }) => ({
        name,
        commit: { sha: commit.sha, url: commit.url },
        protected: isProtected,
      })),
    );
  });
  api.get('/repos/:owner/:repo/branches/:branch{.+}/protection', async (c) => {
    const call = await enter(c, context, 'code.read');
    const rules = rulesFor((await rulesInForce(context, call.project)).protection, c.req.param('branch'));
    if (rules === null) throw new GithubError(404, 'Branch not protected');
    return c.json(
      protectionShape(`${linksOf(call).api}/branches/${c.req.param('branch')}/protection`, rules),
    );
  });
  api.get('/repos/:owner/:repo/properties/values', async (c) => {
    await enter(c, context, 'metadata.read');
    // Repositories have no properties here.
    return c.json([]);
  });
  api.get('/repos/:owner/:repo/branches/:branch{.+}', async (c) => {
    const call = await enter(c, context, 'code.read');
    const { protection } = await rulesInForce(context, call.project);
    return c.json(await branchShape(call, c.req.param('branch'), protection));
  });
  api.get('/repos/:owner/:repo/tags', async (c) => {
    const call = await enter(c, context, 'code.read');
    const { api: url } = linksOf(call);
    const tags = [...(await readRefs(call.directory)).keys()]
      .filter((ref) => ref.startsWith('refs/tags/'))
      .map((ref) => ref.slice('refs/tags/'.length))
      .toReversed();
    const shown = pageOf(c, publicUrl, tags).map(async (name) => {
      const sha = await requireCommit(call.directory, `refs/tags/${name}`);
      const at = encodeURIComponent(name);
      return {
        name,
        commit: { sha, url: `${url}/commits/${sha}` },
        zipball_url: `${url}/zipball/refs/tags/${at}`,
        tarball_url: `${url}/tarball/refs/tags/${at}`,
      };
    });
    return c.json(await Promise.all(shown));
  });
  api.get('/repos/:owner/:repo/:form{tarball|zipball}/:ref{.*}', async (c) => {
    const { directory, project } = await enter(c, context, 'code.read');
    const sha = await requireCommit(directory, c.req.param('ref') || project.settings.defaultBranch);
    const form = c.req.param('form') === 'zipball' ? 'zip' : 'tar.gz';
    const name = `${project.name.replace('/', '-')}-${sha.slice(0, 7)}`;
    const archive = await gitBytes(directory, ['archive', `--format=${form}`, `--prefix=${name}/`, sha]);
    return c.body(new Uint8Array(archive), 200, {
      'content-type': form === 'zip' ? 'application/zip' : 'application/x-gzip',
      'content-disposition': `attachment; filename=${name}.${form}`,
    });
  });
}

async function describeRepository(call: RepositoryCall) {
  const { c, project, directory } = call;
  const may = (permission: 'code.read' | 'code.write' | 'project.admin') =>
    mayDo(c.var.principal, permission, project.name);
  const head = await findCommit(directory, project.settings.defaultBranch);
  const commit = head === null ? null : await readOneCommit(directory, head);
  return repositoryShape({
    links: linksOf(call),
    project,
    permissions: { admin: may('project.admin'), push: may('code.write'), pull: may('code.read') },
    pushedAt: commit === null ? project.createdAt : Date.parse(commit.committer.date),
  });
}

async function branchNames({ directory }: RepositoryCall): Promise<string[]> {
  const refs = [...(await readRefs(directory)).keys()];
  return refs.flatMap((ref) => (ref.startsWith('refs/heads/') ? [ref.slice('refs/heads/'.length)] : []));
}

async function branchShape(call: RepositoryCall, name: string, protection: Protection) {
  const sha = await findCommit(call.directory, `refs/heads/${name}`);
  const commit = sha === null ? null : await readOneCommit(call.directory, sha);
  if (commit === null) throw notFound();
  const { api, html } = linksOf(call);
  return {
    name,
    commit: commitShape(linksOf(call), commit),
    _links: { self: `${api}/branches/${name}`, html: `${html}/tree/${name}` },
    protected: rulesFor(protection, name) !== null,
    protection_url: `${api}/branches/${name}/protection`,
  };
}
