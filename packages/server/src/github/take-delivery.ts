import type { Payload } from '@slipway/workflow/triggers';
import type { Acceptance } from '../controller/accept-event.ts';
import type { EventSources } from '../events/event-sources.ts';
import { type ProjectEvent, takeProjectEvent } from '../events/take-event.ts';
import type { Project } from '../projects/find-project.ts';
import { holdEvent } from '../pull-requests/held-events.ts';
import { whyHeld } from '../pull-requests/outside-approval.ts';
import { mergeBase, noCommit, readChangedFiles, readCommit } from '../repositories/read-commits.ts';
import { syncSchedules } from '../schedules/sync-schedules.ts';
import { fetchMirror } from './mirror.ts';
import { numberAt, textAt } from './payload-values.ts';
import { wantFileReports } from './want-file-reports.ts';

/** What GitHub sends because of what is reported to it, or what workflows are not for: following it would go in circles. */
export const ignoredEvents: ReadonlySet<string> = new Set([
  'check_run',
  'check_suite',
  'status',
  'workflow_job',
  'workflow_run',
  'installation',
  'installation_repositories',
  'meta',
]);

/** Events after which people look for the runs of a commit. */
const tellsOfFiles: ReadonlySet<string> = new Set(['push', 'pull_request']);

export interface GithubDelivery {
  deliveryId: string;
  /** GitHub's name of the event. */
  name: string;
  payload: Payload;
}

/** Takes in a webhook: fetches what it is about, then starts the workflows of its commit. Safe to repeat. */
export async function takeDelivery(
  sources: EventSources,
  project: Project,
  delivery: GithubDelivery,
): Promise<void> {
  const number = numberAt(delivery.payload, 'pull_request', 'number');
  const pull = number === null ? [] : [`refs/pull/${number}/head`, `refs/pull/${number}/merge`];
  const directory = await fetchMirror(sources, project, pull);
  const isPullRequest = delivery.name.startsWith('pull_request');
  const events = isPullRequest
    ? await pullRequestEvents(directory, delivery)
    : await otherEvents(directory, delivery);
  for (const event of events) {
    const taken = await takeOrHold(sources, project, event);
    if (taken !== null && tellsOfFiles.has(event.name)) await wantFileReports(sources, taken.eventId);
  }
  const defaultRef = `refs/heads/${project.settings.defaultBranch}`;
  if (delivery.name === 'push' && textAt(delivery.payload, 'ref') === defaultRef) {
    await syncSchedules(sources, project);
  }
}

/** Code of somebody from outside runs when somebody has approved it. */
async function takeOrHold(
  sources: EventSources,
  project: Project,
  event: ProjectEvent,
): Promise<Acceptance | null> {
  const { payload = {} } = event;
  const policy = project.settings.forkApproval;
  const reason = whyHeld(event.name, payload, { policy, repository: project.name });
  if (reason === null) return takeProjectEvent(sources, project, event);
  await holdEvent(sources, project.name, {
    number: numberAt(payload, 'pull_request', 'number') ?? 0,
    action: textAt(payload, 'action') ?? '',
    headSha: textAt(payload, 'pull_request', 'head', 'sha') ?? '',
    reason,
    happened: event,
  });
  return null;
}

/** `pull_request_target` is no webhook: GitHub makes it of the same. */
async function pullRequestEvents(
  directory: string,
  { deliveryId, name, payload }: GithubDelivery,
): Promise<ProjectEvent[]> {
  const pull = (...path: string[]) => textAt(payload, 'pull_request', ...path);
  const head = pull('head', 'sha') ?? '';
  const base = pull('base', 'sha') ?? '';
  const number = numberAt(payload, 'pull_request', 'number');
  // What the webhook calls the merge commit is of before it, and may be missing.
  const merge = await readCommit(directory, `refs/pull/${number}/merge`);
  const forkPoint = (await mergeBase(directory, head, base)) ?? base;
  const isOpen = pull('state') !== 'closed';
  const event: ProjectEvent = {
    deliveryId,
    name,
    subject: { ref: `refs/heads/${pull('head', 'ref')}`, sha: head },
    baseSha: base,
    changedFiles: await readChangedFiles(directory, { before: forkPoint, after: head }),
    payload: isOpen && merge !== null ? withMergeCommit(payload, merge.sha) : payload,
    actor: textAt(payload, 'sender', 'login') ?? 'github',
  };
  if (name !== 'pull_request') return [event];
  const target = { ...event, name: 'pull_request_target', deliveryId: `${deliveryId}:target`, keep: false };
  return [event, target];
}

function withMergeCommit(payload: Payload, sha: string): Payload {
  const pullRequest = payload.pull_request as Payload;
  return { ...payload, pull_request: { ...pullRequest, merge_commit_sha: sha } };
}

async function otherEvents(
  directory: string,
  { deliveryId, name, payload }: GithubDelivery,
): Promise<ProjectEvent[]> {
  const actor = textAt(payload, 'sender', 'login') ?? 'github';
  const event: ProjectEvent = { deliveryId, name, payload, actor };
  if (name !== 'push') {
    const subject = await subjectOf(directory, name, payload);
    return [{ ...event, ...(subject !== null && { subject }), keep: false }];
  }
  const ref = textAt(payload, 'ref') ?? '';
  const after = textAt(payload, 'after') ?? noCommit;
  const before = textAt(payload, 'before') ?? noCommit;
  // A deletion is told of by `delete`.
  if (after === noCommit) return [];
  const changedFiles = ref.startsWith('refs/tags/')
    ? undefined
    : await readChangedFiles(directory, { before, after });
  const subject = { ref, sha: after };
  return [{ ...event, subject, changedFiles, ...(before !== noCommit && { before }) }];
}

/** What an event that is not about the default branch is about. */
async function subjectOf(
  directory: string,
  name: string,
  payload: Payload,
): Promise<{ ref: string; sha: string } | null> {
  const ref = refOf(name, payload);
  const commit = ref === null ? null : await readCommit(directory, ref);
  return ref === null || commit === null ? null : { ref, sha: commit.sha };
}

function refOf(name: string, payload: Payload): string | null {
  switch (name) {
    case 'create':
      return `refs/${textAt(payload, 'ref_type') === 'tag' ? 'tags' : 'heads'}/${textAt(payload, 'ref')}`;
    case 'release':
      return `refs/tags/${textAt(payload, 'release', 'tag_name')}`;
    case 'merge_group':
      return textAt(payload, 'merge_group', 'head_ref');
    case 'deployment':
    case 'deployment_status': {
      const ref = textAt(payload, 'deployment', 'ref');
      return ref === null || ref.startsWith('refs/') ? ref : `refs/heads/${ref}`;
    }
    case 'workflow_dispatch':
      return textAt(payload, 'ref');
    default:
      return null;
  }
}
