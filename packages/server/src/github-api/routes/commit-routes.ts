import { git } from '../../repositories/git.ts';
import { mergeBase } from '../../repositories/read-commits.ts';
import { diffFiles, diffText, emptyTree } from '../git/diff-files.ts';
import { requireCommit } from '../git/find-commit.ts';
import { countCommits, listCommits, readOneCommit } from '../git/read-history.ts';
import { enter, type GithubContext, type GithubRouter, type RepositoryCall } from '../github-context.ts';
import { notFound } from '../github-error.ts';
import { linkPages, readPage } from '../pages.ts';
import { asksForDiff } from '../read-body.ts';
import { commitShape, commitWithFiles, fileShape } from '../shapes/commit.ts';
import { linksOf } from '../shapes/links.ts';

/** @see https://docs.github.com/en/rest/commits/commits */
export function addCommitRoutes(api: GithubRouter, context: GithubContext): void {
  api.get('/repos/:owner/:repo/commits', async (c) => {
    const call = await enter(c, context, 'code.read');
    const { sha: name = call.project.settings.defaultBranch, ...filter } = c.req.query();
    const sha = await requireCommit(call.directory, name);
    const page = readPage(c);
    const { path, author, since, until } = filter;
    const history = { revisions: [sha], path, author, since, until };
    linkPages(c, context.publicUrl, { page, total: await countCommits(call.directory, history) });
    const commits = await listCommits(call.directory, { ...history, offset: page.offset, limit: page.size });
    return c.json(commits.map((commit) => commitShape(linksOf(call), commit)));
  });
  api.get('/repos/:owner/:repo/compare/:range{.+}', async (c) => {
    const call = await enter(c, context, 'code.read');
    const [, base = '', head = ''] = /^(.+?)\.\.\.(.+)$/.exec(c.req.param('range')) ?? [];
    return c.json(await compare(call, base, head));
  });
  api.get('/repos/:owner/:repo/commits/:ref{.+}', async (c) => {
    const call = await enter(c, context, 'code.read');
    const sha = await requireCommit(call.directory, c.req.param('ref'));
    const commit = await readOneCommit(call.directory, sha);
    if (commit === null) throw notFound();
    if (/application\/vnd\.github\.(v3\.)?sha/.test(c.req.header('accept') ?? '')) return c.text(sha);
    if (asksForDiff(c)) return c.text(await diffText(call.directory, commit.parents[0] ?? emptyTree, sha));
    return c.json(await commitWithFiles(linksOf(call), call.directory, commit));
  });
}

async function compare(call: RepositoryCall, baseName: string, headName: string) {
  const { directory } = call;
  const links = linksOf(call);
  const base = await requireCommit(directory, baseName);
  const head = await requireCommit(directory, headName);
  const fork = await mergeBase(directory, base, head);
  if (fork === null) throw notFound();
  const counted = await git(directory, ['rev-list', '--left-right', '--count', `${base}...${head}`, '--']);
  const [behind = 0, ahead = 0] = counted.trim().split('\t').map(Number);
  const commits = await listCommits(directory, { revisions: [`${base}..${head}`], oldestFirst: true });
  const [baseCommit, forkCommit] = await Promise.all(
    [base, fork].map((sha) => readOneCommit(directory, sha)),
  );
  if (baseCommit == null || forkCommit == null) throw notFound();
  const files = await diffFiles(directory, fork, head);
  return {
    url: `${links.api}/compare/${baseName}...${headName}`,
    html_url: `${links.html}/compare/${baseName}...${headName}`,
    permalink_url: `${links.html}/compare/${base}...${head}`,
    diff_url: `${links.html}/compare/${baseName}...${headName}.diff`,
    patch_url: `${links.html}/compare/${baseName}...${headName}.patch`,
    base_commit: commitShape(links, baseCommit),
    merge_base_commit: commitShape(links, forkCommit),
    status: standing(ahead, behind),
    ahead_by: ahead,
    behind_by: behind,
    total_commits: commits.length,
    commits: commits.slice(-250).map((commit) => commitShape(links, commit)),
    files: files.slice(0, 300).map((file) => fileShape(links, file, head)),
  };
}

function standing(ahead: number, behind: number): string {
  if (ahead === 0) return behind === 0 ? 'identical' : 'behind';
  return behind === 0 ? 'ahead' : 'diverged';
}
