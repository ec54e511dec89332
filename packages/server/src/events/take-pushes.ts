import type { Payload } from '@slipway/workflow/triggers';
import type { Acceptance } from '../controller/accept-event.ts';
import type { Project } from '../projects/find-project.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import {
  isAncestor,
  noCommit,
  readChangedFiles,
  readPushedCommits,
  readRefs,
} from '../repositories/read-commits.ts';
import { isTold, type KnownRef, type RefChange, refChanges } from '../repositories/ref-changes.ts';
import type { EventSources } from './event-sources.ts';
import { forgetPushers, whoMoved } from './received-pushes.ts';
import { type ProjectEvent, takeProjectEvent } from './take-event.ts';

/**
 * Tells of everything that was pushed to a hosted repository since it was last looked at: compares what git has with what events have told
 * of. Safe to call at any time: after a push, and at start for a push whose event a crash has swallowed.
 * @param otherwise who is said to have done what did not come through a server
 * @returns what was taken in
 */
export async function takePushes(
  sources: EventSources,
  project: Project,
  otherwise: string,
): Promise<Acceptance[]> {
  const directory = repositoryDirectory(sources.repositories, project.name);
  const changes = refChanges(await knownRefs(sources, project.name), await readRefs(directory));
  const taken: Acceptance[] = [];
  for (const change of changes) {
    const { ref, after } = change;
    const { actor, isJob } = await whoMoved(sources, project.name, { ref, after, otherwise });
    if (!isJob && isTold(change, changes)) {
      for (const event of await eventsOf(directory, change, actor)) {
        const acceptance = await takeProjectEvent(sources, project, event);
        if (acceptance !== null) taken.push(acceptance);
      }
    }
    await rememberRef(sources, project.name, change);
  }
  if (changes.length > 0) await forgetPushers(sources, project.name);
  return taken;
}

async function knownRefs({ store }: EventSources, project: string): Promise<Map<string, KnownRef>> {
  const rows = await store
    .selectFrom('repository_ref')
    .select(['ref', 'sha', 'version'])
    .where('project', '=', project)
    .execute();
  return new Map(rows.map(({ ref, sha, version }) => [ref, { sha, version }]));
}

/** After its events are in: a crash between the two tells the same deliveries again, which changes nothing. */
async function rememberRef(
  { store }: EventSources,
  project: string,
  { ref, after: sha, version }: RefChange,
): Promise<void> {
  const next = { sha, version: version + 1 };
  await store
    .insertInto('repository_ref')
    .values({ project, ref, ...next })
    .onConflict((conflict) =>
      conflict.columns(['project', 'ref']).doUpdateSet(next).where('repository_ref.version', '=', version),
    )
    .execute();
}

async function eventsOf(directory: string, change: RefChange, actor: string): Promise<ProjectEvent[]> {
  const { ref, before, after, version } = change;
  const place = `${ref}:${version}:${after}`;
  const short = ref.replace(/^refs\/(?:heads|tags)\//, '');
  const refType = ref.startsWith('refs/tags/') ? 'tag' : 'branch';
  const named: Payload = { ref: short, ref_type: refType, pusher_type: 'user' };
  if (after === noCommit) {
    return [{ deliveryId: `delete:${place}`, name: 'delete', payload: named, actor, keep: false }];
  }
  const subject = { ref, sha: after };
  const push: ProjectEvent = {
    deliveryId: `push:${place}`,
    name: 'push',
    subject,
    actor,
    payload: await pushPayload(directory, change),
    changedFiles: refType === 'tag' ? undefined : await readChangedFiles(directory, change),
    ...(before !== noCommit && { before }),
  };
  if (before !== noCommit) return [push];
  const create = {
    deliveryId: `create:${place}`,
    name: 'create',
    subject,
    payload: named,
    actor,
    keep: false,
  };
  return [push, create];
}

/** What GitHub says of a push beside its last commit. */
async function pushPayload(directory: string, change: RefChange): Promise<Payload> {
  const { ref, before, after } = change;
  const created = before === noCommit;
  const forced = !created && !(await isAncestor(directory, before, after));
  const commits = ref.startsWith('refs/tags/') ? [] : await readPushedCommits(directory, change);
  return {
    before,
    created,
    forced,
    commits: commits.map(({ sha, tree, message, author, committer }) => ({
      id: sha,
      tree_id: tree,
      distinct: true,
      message,
      timestamp: committer.date,
      author: { name: author.name, email: author.email, date: author.date },
      committer: { name: committer.name, email: committer.email, date: committer.date },
    })),
  };
}
