import { steadyNumber } from '@slipway/workflow/triggers';
import type { Project } from '../../projects/find-project.ts';
import type { Links } from './links.ts';
import { nodeId, timeText } from './links.ts';
import { userShape } from './user.ts';

export interface RepositoryStanding {
  links: Links;
  project: Project;
  /** What the caller may do. */
  permissions: { admin: boolean; push: boolean; pull: boolean };
  /** Epoch milliseconds of the last commit of the default branch. */
  pushedAt: number;
}

/** @see https://docs.github.com/en/rest/repos/repos#get-a-repository */
export function repositoryShape({ links, project, permissions, pushedAt }: RepositoryStanding) {
  const { api, html, server } = links;
  const { name: fullName, settings, createdAt } = project;
  const [owner = '', name = ''] = fullName.split('/', 2);
  const id = steadyNumber(fullName);
  const { source } = settings;
  const cloneUrl =
    source.kind === 'hosted' ? `${html}.git` : (source.cloneUrl ?? `https://github.com/${fullName}.git`);
  return {
    id,
    node_id: nodeId('Repository', fullName),
    name,
    full_name: fullName,
    private: true,
    visibility: 'private',
    owner: userShape(owner, server),
    html_url: html,
    description: null,
    fork: false,
    url: api,
    ...urlsOf(api),
    git_url: html.replace(/^https?:/, 'git:').concat('.git'),
    ssh_url: `git@${new URL(server).host}:${fullName}.git`,
    clone_url: cloneUrl,
    svn_url: html,
    homepage: null,
    language: null,
    size: 0,
    default_branch: settings.defaultBranch,
    master_branch: settings.defaultBranch,
    forks_count: 0,
    stargazers_count: 0,
    watchers_count: 0,
    open_issues_count: 0,
    is_template: false,
    topics: [],
    has_issues: false,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: false,
    disabled: false,
    license: null,
    created_at: timeText(createdAt),
    updated_at: timeText(pushedAt),
    pushed_at: timeText(pushedAt),
    permissions: { ...permissions, maintain: permissions.admin, triage: permissions.push },
    allow_squash_merge: true,
    allow_merge_commit: true,
    allow_rebase_merge: true,
  };
}

function urlsOf(api: string): Record<string, string> {
  return {
    branches_url: `${api}/branches{/branch}`,
    tags_url: `${api}/tags`,
    blobs_url: `${api}/git/blobs{/sha}`,
    git_tags_url: `${api}/git/tags{/sha}`,
    git_refs_url: `${api}/git/refs{/sha}`,
    git_commits_url: `${api}/git/commits{/sha}`,
    trees_url: `${api}/git/trees{/sha}`,
    statuses_url: `${api}/statuses/{sha}`,
    commits_url: `${api}/commits{/sha}`,
    compare_url: `${api}/compare/{base}...{head}`,
    contents_url: `${api}/contents/{+path}`,
    pulls_url: `${api}/pulls{/number}`,
    issues_url: `${api}/issues{/number}`,
    issue_comment_url: `${api}/issues/comments{/number}`,
    releases_url: `${api}/releases{/id}`,
    deployments_url: `${api}/deployments`,
  };
}
