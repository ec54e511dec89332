import type { Payload } from '../event-facts.ts';
import { type CommitFacts, type PersonFacts, type RepositoryFacts, subjectOf } from './repository-facts.ts';

/** Objects that the payloads of many events hold, each with the properties that workflows read. */

export function serverUrlOf({ serverUrl = 'https://github.com' }: RepositoryFacts): string {
  return serverUrl.replace(/\/+$/, '');
}

/** GitHub's REST interface of a server. */
export function apiUrlOf(serverUrl: string): string {
  return serverUrl === 'https://github.com' ? 'https://api.github.com' : `${serverUrl}/api/v3`;
}

export function repositoryObject(facts: RepositoryFacts): Payload {
  const { repository, defaultBranch } = facts;
  const server = serverUrlOf(facts);
  const [owner = '', name = ''] = repository.split('/', 2);
  const url = `${server}/${repository}`;
  return {
    id: facts.repositoryId ?? steadyNumber(repository),
    name,
    full_name: repository,
    private: facts.private ?? false,
    owner: userObject(owner, server),
    html_url: url,
    description: null,
    fork: false,
    url: `${apiUrlOf(server)}/repos/${repository}`,
    git_url: `${url.replace(/^https?:/, 'git:')}.git`,
    ssh_url: `git@${server.replace(/^https?:\/\//, '')}:${repository}.git`,
    clone_url: `${url}.git`,
    visibility: facts.private === true ? 'private' : 'public',
    default_branch: defaultBranch,
    master_branch: defaultBranch,
  };
}

export function userObject(login: string, server: string): Payload {
  const type = login.endsWith('[bot]') ? 'Bot' : 'User';
  return { login, id: steadyNumber(login), type, site_admin: false, html_url: `${server}/${login}` };
}

export function commitObject(facts: RepositoryFacts): Payload {
  const { head, repository } = facts;
  return {
    id: head.sha,
    tree_id: head.tree,
    distinct: true,
    message: head.message,
    timestamp: head.committer.date,
    url: `${serverUrlOf(facts)}/${repository}/commit/${head.sha}`,
    author: personObject(head.author),
    committer: personObject(head.committer),
  };
}

export function issueObject(facts: RepositoryFacts): Payload {
  const server = serverUrlOf(facts);
  return {
    id: steadyNumber(`${facts.repository}#1`),
    number: 1,
    title: subjectOf(facts.head),
    body: null,
    state: 'open',
    user: userObject(facts.actor, server),
    labels: [],
    assignees: [],
    locked: false,
    html_url: `${server}/${facts.repository}/issues/1`,
    created_at: facts.head.committer.date,
    updated_at: facts.head.committer.date,
  };
}

export function commentObject(facts: RepositoryFacts, page: string): Payload {
  const server = serverUrlOf(facts);
  const id = steadyNumber(`${facts.repository}#comment`);
  return {
    id,
    body: '',
    user: userObject(facts.actor, server),
    author_association: 'OWNER',
    html_url: `${server}/${facts.repository}/${page}#issuecomment-${id}`,
    created_at: facts.head.committer.date,
    updated_at: facts.head.committer.date,
  };
}

/** Fowler/Noll/Vo's hash, 31 bits: an id that is the same for the same name, and nobody's true id. */
export function steadyNumber(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash & 0x7fff_ffff;
}

export function headSummary({ head }: { head: CommitFacts }): Payload {
  return {
    id: head.sha,
    tree_id: head.tree,
    message: head.message,
    timestamp: head.committer.date,
    author: personObject(head.author),
    committer: personObject(head.committer),
  };
}

function personObject({ name, email }: PersonFacts): Payload {
  return { name, email };
}
