import { mayDo, type Permission, requirePermission } from '../../access/permission.ts';
import type { RepositoryCall } from '../github-context.ts';
import { GithubError } from '../github-error.ts';
import { listPullRequestRows } from '../records/pull-requests.ts';
import { type GithubRelease, listReleases } from '../records/releases.ts';
import { linksOf, nodeId, timeText } from '../shapes/links.ts';
import { timeOrNull } from '../shapes/pull-request.ts';
import { connection, type ListArguments } from './connections.ts';
import { pullRequestNode } from './pull-request-node.ts';
import { actorNode } from './user-node.ts';

interface PullRequestArguments extends ListArguments {
  states?: string[] | null;
  baseRefName?: string | null;
  headRefName?: string | null;
  orderBy?: { direction: 'ASC' | 'DESC' } | null;
}

/** A repository where it is named only: from here nothing leads on, so that no query grows without bounds. */
export function namedRepository(call: RepositoryCall) {
  const { project, c } = call;
  const [owner = '', name = ''] = project.name.split('/', 2);
  const may = (permission: 'project.admin' | 'code.write') =>
    mayDo(c.var.principal, permission, project.name);
  return {
    id: nodeId('Repository', project.name),
    name,
    nameWithOwner: project.name,
    owner: { ...actorNode(owner), __typename: 'User' },
    description: null,
    url: linksOf(call).html,
    isPrivate: true,
    isFork: false,
    isArchived: false,
    hasIssuesEnabled: false,
    hasWikiEnabled: false,
    viewerPermission: may('project.admin') ? 'ADMIN' : may('code.write') ? 'WRITE' : 'READ',
    defaultBranchRef: { name: project.settings.defaultBranch },
    mergeCommitAllowed: true,
    rebaseMergeAllowed: true,
    squashMergeAllowed: true,
  };
}

/** A repository as GraphQL shows it. */
export function repositoryNode(call: RepositoryCall) {
  const need = (permission: Permission) =>
    requirePermission(call.c.var.principal, permission, call.project.name);
  return {
    ...namedRepository(call),
    async pullRequest({ number }: { number: number }) {
      need('pull-request.read');
      const rows = await listPullRequestRows(call);
      const row = rows.find((one) => one.number === number);
      if (row === undefined)
        throw new GithubError(404, `Could not resolve to a PullRequest with the number of ${number}.`);
      return pullRequestNode(call, row);
    },
    async pullRequests({ states, baseRefName, headRefName, orderBy, ...list }: PullRequestArguments) {
      need('pull-request.read');
      const rows = (await listPullRequestRows(call)).filter(
        (row) =>
          (states == null || states.includes(row.state.toUpperCase())) &&
          (baseRefName == null || row.base_ref === baseRefName) &&
          (headRefName == null || row.head_ref === headRefName),
      );
      const sorted = orderBy?.direction === 'ASC' ? rows.toReversed() : rows;
      return connection(
        sorted.map((row) => pullRequestNode(call, row)),
        list,
      );
    },
    async release({ tagName }: { tagName: string }) {
      need('code.read');
      const all = await visibleReleases(call);
      const found = all.find(({ tag_name }) => tag_name === tagName);
      return found === undefined ? null : releaseNode(call, found, all);
    },
    async releases(list: ListArguments) {
      need('code.read');
      const all = await visibleReleases(call);
      return connection(
        all.map((release) => releaseNode(call, release, all)),
        list,
      );
    },
  };
}

async function visibleReleases({ c, context, project }: RepositoryCall): Promise<GithubRelease[]> {
  const maySeeDrafts = mayDo(c.var.principal, 'release.write', project.name);
  return (await listReleases(context.store, project.name)).filter(({ draft }) => draft === 0 || maySeeDrafts);
}

function releaseNode(call: RepositoryCall, release: GithubRelease, all: readonly GithubRelease[]) {
  const latest = all.find(({ draft, prerelease }) => draft === 0 && prerelease === 0);
  return {
    databaseId: release.id,
    name: release.name,
    tagName: release.tag_name,
    isDraft: release.draft === 1,
    isPrerelease: release.prerelease === 1,
    isLatest: latest?.id === release.id,
    createdAt: timeText(release.created_at),
    publishedAt: timeOrNull(release.published_at),
    description: release.body,
    url: `${linksOf(call).html}/releases/tag/${encodeURIComponent(release.tag_name)}`,
  };
}
