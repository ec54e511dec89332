import { SlipwayError } from '@slipway/contracts/errors';
import { recordAudit } from '../access/audit.ts';
import { nameOf } from '../access/permission.ts';
import type { Principal } from '../access/principal.ts';
import type { EventSources } from '../events/event-sources.ts';
import { rememberPusher } from '../events/received-pushes.ts';
import type { Project } from '../projects/find-project.ts';
import { admit } from '../protection/admission.ts';
import type { MergeFacts, Missing } from '../protection/assess-merge.ts';
import { assessPush, type BranchPush } from '../protection/assess-push.ts';
import { describeMissing } from '../protection/describe-missing.ts';
import {
  type Protection,
  type ProtectionRules,
  protectionPath,
  rulesFor,
} from '../protection/protection-rules.ts';
import { readProtection } from '../protection/read-protection.ts';
import { rulesInForce } from '../protection/rules-in-force.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import { bringsMerges } from '../repositories/merge-commits.ts';
import type { PushVerdict, ReceivedPush, RefUpdate } from '../repositories/push-hook.ts';
import {
  isAncestor,
  noCommit,
  readChangedFiles,
  readFileAt,
  readRefs,
} from '../repositories/read-commits.ts';
import { gatherChecks, gatherMergeFacts } from './gather-facts.ts';
import type { PullRequest } from './pull-request.ts';
import { isAdministrator, pusherOf } from './pull-request-access.ts';

/** Somebody pushes to a repository. */
export interface PushWish {
  sources: EventSources;
  project: Project;
  principal: Principal;
}

/** Whether a push may change what it wants to: all of it or nothing. What was refused, and what an administrator went without, is audited. */
export async function decidePush(wish: PushWish, push: ReceivedPush): Promise<PushVerdict> {
  const { sources, project, principal } = wish;
  const { protection } = await rulesInForce(sources, project);
  const deciding: Deciding = { ...wish, push, protection };
  const lines: string[] = [];
  let isRefused = false;
  for (const update of push.updates) {
    const branch = /^refs\/heads\/(.+)$/s.exec(update.ref)?.[1];
    const rules = branch === undefined ? null : rulesFor(protection, branch);
    if (branch === undefined || rules === null) continue;
    const decided = await decideBranch(deciding, { update, branch, rules });
    lines.push(...decided.lines);
    isRefused ||= decided.kind === 'refused';
  }
  lines.push(...(await warnings(deciding)));
  if (!isRefused)
    await rememberPusher(sources, project.name, { moved: push.updates, by: pusherOf(principal) });
  return { kind: isRefused ? 'refused' : 'accepted', lines };
}

/**
 * The same for a branch that is changed by a request instead of a push.
 * @throws SlipwayError `merge-blocked`
 */
export async function assertRefUpdate(wish: PushWish, update: RefUpdate): Promise<void> {
  const { kind, lines } = await decidePush(wish, { updates: [update], env: {} });
  if (kind === 'refused') throw new SlipwayError('merge-blocked', { message: lines.join('\n') });
}

interface Deciding extends PushWish {
  push: ReceivedPush;
  protection: Protection;
}

interface BranchUpdate {
  update: RefUpdate;
  branch: string;
  rules: ProtectionRules;
}

async function decideBranch(deciding: Deciding, change: BranchUpdate): Promise<PushVerdict> {
  const { project, principal } = deciding;
  const { branch, rules, update } = change;
  const missing = assessPush(rules, await branchPush(deciding, change));
  const admission = admit(rules, { missing, mayBypass: isAdministrator(principal, project.name) });
  if (admission.kind === 'allowed') return { kind: 'accepted', lines: [] };
  const isRefused = admission.kind === 'refused';
  await audit(deciding, { branch, update, missing, isRefused });
  const head = isRefused
    ? `${branch} is protected, and this push does not keep its rules:`
    : `${branch} is protected; an administrator pushes without:`;
  return {
    kind: isRefused ? 'refused' : 'accepted',
    lines: [head, ...missing.map((one) => `  - ${describeMissing(one)}`)],
  };
}

async function audit(
  { sources: { store, now }, project, principal }: Deciding,
  {
    branch,
    update,
    missing,
    isRefused,
  }: Omit<BranchUpdate, 'rules'> & { missing: Missing[]; isRefused: boolean },
): Promise<void> {
  await recordAudit(store, {
    at: now(),
    actor: nameOf(principal),
    action: isRefused ? 'push.refused' : 'push.bypassed',
    project: project.name,
    subject: `branch ${branch}`,
    outcome: isRefused ? 'refused' : 'done',
    detail: { before: update.before, after: update.after, missing: missing.map(describeMissing) },
  });
}

async function branchPush(deciding: Deciding, change: BranchUpdate): Promise<BranchPush> {
  const { before, after } = change.update;
  const { push, sources, project } = deciding;
  const directory = repositoryDirectory(sources.repositories, project.name);
  if (after === noCommit) return { kind: 'delete' };
  const facts = await pushFacts(deciding, change, directory);
  if (before === noCommit)
    return { kind: 'create', isKnown: await isKnown(deciding, directory, after), facts };
  const isForced = !(await isAncestor(directory, before, after, push.env));
  return { kind: 'update', isForced, facts };
}

/** Whether a commit is on a protected branch already. */
async function isKnown(
  { protection, push: { env } }: Deciding,
  directory: string,
  sha: string,
): Promise<boolean> {
  for (const [ref, tip] of await readRefs(directory)) {
    const branch = /^refs\/heads\/(.+)$/s.exec(ref)?.[1];
    if (branch === undefined || rulesFor(protection, branch) === null) continue;
    if (await isAncestor(directory, sha, tip, env)) return true;
  }
  return false;
}

/** As a merge by hand of the pull request that has this very head; else as a change that comes without one. */
async function pushFacts(
  { sources, project, push: { env } }: Deciding,
  { branch, rules, update: { before, after, ref } }: BranchUpdate,
  directory: string,
): Promise<MergeFacts> {
  const base = before === noCommit ? '--all' : before;
  const brings = await bringsMerges(directory, { base, head: after }, env);
  const pullRequest = await findByHead(sources, { project: project.name, branch, head: after });
  if (pullRequest !== null) {
    const now = before === noCommit ? pullRequest : { ...pullRequest, base_sha: before };
    return gatherMergeFacts(sources, project, { pullRequest: now, rules, bringsMerges: brings });
  }
  const contexts = rules.statusChecks?.contexts ?? [];
  const changedFiles = await readChangedFiles(directory, { before, after }, env);
  const event = { name: 'push', base: branch, ref, changedFiles } as const;
  const checks = await gatherChecks(sources, project, { contexts, headSha: after, baseSha: before, event });
  return { checks, isUpToDate: true, bringsMerges: brings, pullRequest: null };
}

async function findByHead(
  { store }: EventSources,
  { project, branch, head }: { project: string; branch: string; head: string },
): Promise<PullRequest | null> {
  const row = await store
    .selectFrom('pull_request')
    .selectAll()
    .where(({ and }) => and({ project, state: 'open', base_ref: branch, head_sha: head, draft: 0 }))
    .orderBy('number')
    .executeTakeFirst();
  return row ?? null;
}

/** Rules that the default branch is about to get and that cannot be read are told of at once: they will not be in force. */
async function warnings({ sources, project, push }: Deciding): Promise<string[]> {
  const { name, settings } = project;
  const update = push.updates.find(({ ref }) => ref === `refs/heads/${settings.defaultBranch}`);
  if (update === undefined || update.after === noCommit) return [];
  const directory = repositoryDirectory(sources.repositories, name);
  const place = { revision: update.after, path: protectionPath };
  const content = await readFileAt(directory, place, push.env);
  const { diagnostics } = content === null ? { diagnostics: [] } : readProtection(content);
  if (diagnostics.length === 0) return [];
  return [
    'warning: these rules of protected branches cannot be read; those before stay in force:',
    ...diagnostics.map((one) => `  ${one.file}:${one.line}:${one.column}: ${one.message} ${one.mend}`),
  ];
}
