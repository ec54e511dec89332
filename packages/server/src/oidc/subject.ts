import { runsTheirCode } from '../access/fork-code.ts';

/** What a token says of its job, as far as its subject is made of it. */
export interface SubjectFacts {
  /** `owner/name`. */
  repository: string;
  repositoryId: string;
  ownerId: string;
  eventName: string;
  ref: string;
  /** Absent: the job has none. */
  environment?: string | undefined;
}

/**
 * The `sub` of an ID token. Pure. A `:` in a name is written as %3A, so that nobody makes a subject of other parts by a name.
 * @param form `name`: `repo:owner/name:…`; `id`: `repo:owner@id/name@id:…`, which stays the repository's when it is renamed, and is nobody else's
 * @see https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims
 */
export function subjectOf(facts: SubjectFacts, form: 'name' | 'id'): string {
  const [owner = '', name = ''] = facts.repository.split('/');
  const repository =
    form === 'name' ? `${owner}/${name}` : `${owner}@${facts.ownerId}/${name}@${facts.repositoryId}`;
  return `repo:${repository}:${contextOf(facts)}`;
}

function contextOf({ environment, eventName, ref }: SubjectFacts): string {
  if (environment !== undefined && environment !== '') return `environment:${escaped(environment)}`;
  if (runsTheirCode(eventName)) return 'pull_request';
  return `ref:${escaped(ref)}`;
}

function escaped(name: string): string {
  return name.replaceAll(':', '%3A');
}
