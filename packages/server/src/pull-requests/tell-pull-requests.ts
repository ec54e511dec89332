import type { Selectable } from 'kysely';
import { runsTheirCode } from '../access/fork-code.ts';
import type { EventSources } from '../events/event-sources.ts';
import { type ProjectEvent, takeProjectEvent } from '../events/take-event.ts';
import type { Project } from '../projects/find-project.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import { mergeBase, readChangedFiles } from '../repositories/read-commits.ts';
import type { PullRequestEventTable } from '../store/tables/pull-requests.ts';
import { holdEvent, ignoreGone } from './held-events.ts';
import type { PullRequest } from './pull-request.ts';
import { pullRequestPayload } from './pull-request-payload.ts';
import type { FactDetail } from './write-change.ts';

type Untold = Selectable<PullRequestEventTable>;

/** Tells workflows what has happened to pull requests, in order. What a crash has left untold is told by the next call; safe to repeat. */
export async function tellPullRequests(sources: EventSources, project: Project): Promise<void> {
  const { store, now } = sources;
  const untold = await store
    .selectFrom('pull_request_event')
    .selectAll()
    .where('project', '=', project.name)
    .where('told_at', 'is', null)
    .orderBy('id')
    .execute();
  if (untold.length > 0) await forgetTold(sources, project);
  for (const fact of untold) {
    await tell(sources, project, fact).catch(ignoreGone);
    await store.updateTable('pull_request_event').set({ told_at: now() }).where('id', '=', fact.id).execute();
  }
}

const rememberedMs = 30 * 24 * 60 * 60_000;

async function forgetTold({ store, now }: EventSources, { name }: Project): Promise<void> {
  await store
    .deleteFrom('pull_request_event')
    .where('project', '=', name)
    .where('told_at', '<', now() - rememberedMs)
    .execute();
}

async function tell(sources: EventSources, project: Project, fact: Untold): Promise<void> {
  const { pullRequest, extra } = JSON.parse(fact.detail) as FactDetail;
  const event = await eventOf(sources, project, { fact, pullRequest, extra });
  if (fact.name === 'pull_request') {
    const target = { ...event, name: 'pull_request_target', deliveryId: `target:${event.deliveryId}` };
    await takeProjectEvent(sources, project, { ...target, keep: false });
  }
  // As on GitHub, nothing runs on branches that are in conflict.
  if (pullRequest.merge_sha === null && pullRequest.state !== 'merged') return;
  const reason = await whyHeld(sources, project, pullRequest);
  if (reason === null || !runsTheirCode(fact.name)) {
    await takeProjectEvent(sources, project, event);
    return;
  }
  const { number, head_sha: headSha } = pullRequest;
  await holdEvent(sources, project.name, { number, action: fact.action, headSha, reason, happened: event });
}

async function eventOf(
  { repositories, publicUrl }: EventSources,
  project: Project,
  { fact, pullRequest, extra }: { fact: Untold } & FactDetail,
): Promise<ProjectEvent> {
  const directory = repositoryDirectory(repositories, project.name);
  const { number, head_ref, head_sha, base_sha } = pullRequest;
  const forkPoint = (await mergeBase(directory, head_sha, base_sha)) ?? base_sha;
  return {
    deliveryId: `pull-request:${fact.id}`,
    name: fact.name,
    subject: { ref: `refs/heads/${head_ref}`, sha: head_sha },
    baseSha: base_sha,
    changedFiles: await readChangedFiles(directory, { before: forkPoint, after: head_sha }),
    payload: {
      action: fact.action,
      number,
      pull_request: pullRequestPayload(pullRequest, publicUrl),
      ...extra,
    },
    actor: fact.actor,
  };
}

async function whyHeld(
  { store }: EventSources,
  { name: project, settings: { forkApproval } }: Project,
  { author, is_outside, id }: PullRequest,
): Promise<string | null> {
  if (is_outside === 0 || forkApproval === 'none') return null;
  if (forkApproval === 'first-time') {
    const merged = await store
      .selectFrom('pull_request')
      .select('number')
      .where(({ and }) => and({ project, author, state: 'merged' }))
      .where('id', '!=', id)
      .executeTakeFirst();
    if (merged !== undefined) return null;
  }
  return `${author} may not write to ${project}`;
}
