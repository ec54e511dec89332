import { SlipwayError } from '@slipway/contracts/errors';
import { permissivePermissions } from '@slipway/workflow/plan';
import {
  buildLocalEvent,
  type EventFacts,
  eventRunsOn,
  type Payload,
  type RepositoryFacts,
} from '@slipway/workflow/triggers';
import { type Acceptance, acceptEvent } from '../controller/accept-event.ts';
import type { Project } from '../projects/find-project.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import { readCommit } from '../repositories/read-commits.ts';
import { type CommitWorkflows, readCommitWorkflows } from '../repositories/read-workflows.ts';
import { scopesOfProject } from '../secrets/scope.ts';
import { readVariables } from '../secrets/variables.ts';
import type { EventSources } from './event-sources.ts';

/** Something that happened to a project, before git is asked about it. */
export interface ProjectEvent {
  /** The same delivery changes nothing the second time. */
  deliveryId: string;
  /** GitHub's name for it. */
  name: string;
  /** The branch or tag that it is about, with its commit; absent: the default branch. */
  subject?: { ref: string; sha: string };
  /** What its payload says beside what git knows. */
  payload?: Payload;
  before?: string;
  baseSha?: string;
  changedFiles?: string[] | undefined;
  /** Login of who did it. */
  actor: string;
  /** Only this workflow, by its path. */
  only?: string;
  /** Of a dispatch. */
  inputs?: Record<string, string>;
  depth?: number;
  /** False: an event that no workflow of its commit waits for is not kept. Default true. */
  keep?: boolean;
}

/** An event with the workflows of its commit. */
export interface PreparedEvent {
  event: EventFacts;
  commit: CommitWorkflows;
}

/**
 * Makes an event as GitHub would send it, with the workflows of the commit that it is about; for privileged events of the default branch.
 * @throws SlipwayError `unknown-ref`: there is no such commit
 */
export async function prepareProjectEvent(
  sources: EventSources,
  project: Project,
  happened: ProjectEvent,
): Promise<PreparedEvent> {
  const directory = repositoryDirectory(sources.repositories, project.name);
  const facts = await repositoryFacts(directory, { sources, project, happened });
  const { name, payload } = happened;
  const event = buildLocalEvent({ name, facts, ...(payload && { payload }) });
  const { models, readRemote } = sources;
  const commit = await readCommitWorkflows({ directory, sha: event.sha, models, readRemote });
  return { event, commit };
}

/**
 * Takes in what happened to a project: its runs are written when this resolves.
 * @returns null for an event that is not kept because no workflow is for it
 * @throws SlipwayError `unknown-project`, `unknown-ref`
 */
export async function takeProjectEvent(
  sources: EventSources,
  project: Project,
  happened: ProjectEvent,
): Promise<Acceptance | null> {
  const prepared = await prepareProjectEvent(sources, project, happened);
  const isAwaited = prepared.commit.workflows.some(({ on }) => Object.hasOwn(on, happened.name));
  if (happened.keep === false && !isAwaited) return null;
  return acceptPrepared(sources, project, { happened, prepared });
}

export async function acceptPrepared(
  { store, notices, now, publicUrl }: EventSources,
  project: Project,
  { happened, prepared: { event, commit } }: { happened: ProjectEvent; prepared: PreparedEvent },
): Promise<Acceptance> {
  const { deliveryId, actor, only, inputs, depth } = happened;
  const serverUrl = serverUrlOf(project, publicUrl);
  return acceptEvent(
    { store, now: now(), notices },
    {
      project: project.name,
      deliveryId,
      event,
      workflows: commit.workflows,
      diagnostics: commit.diagnostics,
      load: commit.load,
      vars: await readVariables(store, scopesOfProject(project.name)),
      actor,
      serverUrl,
      // The token of a job is good here, not at GitHub.
      apiUrl: `${publicUrl}/api/v3`,
      ...(project.settings.defaultPermissions === 'write' && { defaultPermissions: permissivePermissions }),
      ...(only !== undefined && { only }),
      ...(inputs !== undefined && { inputs }),
      ...(depth !== undefined && { depth }),
    },
  );
}

/** GITHUB_SERVER_URL: where the repository of a project is found as `<url>/<owner>/<name>`. */
export function serverUrlOf({ settings: { source } }: Project, publicUrl: string): string {
  if (source.kind === 'hosted') return publicUrl;
  const { hostname, origin } = new URL(source.apiUrl);
  return hostname === 'api.github.com' ? 'https://github.com' : origin;
}

interface FactsAsked {
  sources: EventSources;
  project: Project;
  happened: ProjectEvent;
}

async function repositoryFacts(
  directory: string,
  { sources, project, happened }: FactsAsked,
): Promise<RepositoryFacts> {
  const { defaultBranch } = project.settings;
  const onDefault = happened.subject === undefined || eventRunsOn(happened.name) === 'default-branch';
  const ref = onDefault ? `refs/heads/${defaultBranch}` : (happened.subject?.ref ?? '');
  const head = await readCommit(directory, onDefault ? ref : (happened.subject?.sha ?? ''));
  if (head === null) {
    const what = onDefault ? `the default branch ${defaultBranch}` : `${happened.subject?.sha} of ${ref}`;
    throw new SlipwayError('unknown-ref', {
      message: `${project.name} has no commit for ${what}.`,
      field: 'ref',
    });
  }
  const { before, baseSha, changedFiles, actor } = happened;
  return {
    repository: project.name,
    defaultBranch,
    serverUrl: serverUrlOf(project, sources.publicUrl),
    private: true,
    ref,
    head,
    actor,
    ...(before !== undefined && { before }),
    ...(baseSha !== undefined && { baseSha }),
    ...(changedFiles !== undefined && { changedFiles }),
  };
}
