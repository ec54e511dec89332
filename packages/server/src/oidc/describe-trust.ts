import type { OidcAnswer } from '@slipway/contracts/api/oidc';
import { type EventFacts, steadyNumber } from '@slipway/workflow/triggers';
import type { EventSources } from '../events/event-sources.ts';
import { serverUrlOf } from '../events/take-event.ts';
import { numberAt, textAt } from '../github/payload-values.ts';
import type { Project } from '../projects/find-project.ts';
import { issuerOf } from './issue-id-token.ts';
import { subjectOf } from './subject.ts';

/** Which jobs: of an environment, of pull requests, or of a ref (default: the default branch). */
export interface WantedJobs {
  environment?: string | undefined;
  ref?: string | undefined;
  pullRequest?: string | undefined;
}

/** What a cloud must know to trust jobs of a project: the issuer of their tokens and the subject that they have. */
export async function describeTrust(
  { store, publicUrl }: Pick<EventSources, 'store' | 'publicUrl'>,
  project: Project,
  { environment, ref, pullRequest }: WantedJobs,
): Promise<OidcAnswer> {
  const { name: repository, settings } = project;
  const [owner = ''] = repository.split('/');
  const ids = await idsOf(store, repository);
  const subject = {
    repository,
    ...ids,
    environment,
    eventName: pullRequest === undefined ? 'push' : 'pull_request',
    ref: wholeRef(ref ?? settings.defaultBranch),
  };
  return {
    issuer: issuerOf(publicUrl),
    defaultAudience: `${serverUrlOf(project, publicUrl)}/${owner}`,
    subject: subjectOf(subject, settings.oidc.subject),
  };
}

/** As the newest event has them: GitHub's, or numbers made of the names. */
async function idsOf(
  store: EventSources['store'],
  repository: string,
): Promise<{ repositoryId: string; ownerId: string }> {
  const row = await store
    .selectFrom('event')
    .select('facts')
    .where('project', '=', repository)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  const payload = row === undefined ? {} : (JSON.parse(row.facts) as EventFacts).payload;
  const id = (name: string, ...path: string[]): string =>
    String(numberAt(payload, ...path) ?? textAt(payload, ...path) ?? steadyNumber(name));
  return {
    repositoryId: id(repository, 'repository', 'id'),
    ownerId: id(repository.split('/')[0] ?? '', 'repository', 'owner', 'id'),
  };
}

function wholeRef(ref: string): string {
  return ref.startsWith('refs/') ? ref : `refs/heads/${ref}`;
}
