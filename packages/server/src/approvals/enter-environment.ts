import type { RunPlan } from '@slipway/workflow/plan';
import type { AssessEntries, EntryAssessment, EnvironmentEntry } from '../controller/environment-gate.ts';
import { wantNotice } from '../delivery/want-notice.ts';
import { type EnvironmentRules, findEnvironment } from '../environments/environment-rules.ts';
import { noteEntered, noteEntrance } from '../environments/job-deployments.ts';
import { readEnvironments, unknownEnvironment } from '../environments/read-environments.ts';
import type { EventSources } from '../events/event-sources.ts';
import type { Store } from '../store/open-store.ts';
import type { ApprovalRequest, ApprovalSubject } from './approval-request.ts';
import { type ApprovalStanding, assessApproval } from './assess-approval.ts';
import { asksForRequest, assessEntry } from './assess-entry.ts';
import { bindingHash } from './binding-hash.ts';
import { findApproval } from './read-approvals.ts';
import {
  askAgain,
  giveUp,
  requestApproval,
  type WantedApproval,
  withdrawApproval,
} from './request-approval.ts';
import { bindingOf, githubText, planShownBy, type ShownPlan } from './run-binding.ts';

/** The gate of environments: what has to be asked is asked, once for all jobs of a run, and what was said is held against the rules. */
export function enterEnvironments(sources: EventSources): AssessEntries {
  const noted = new WeakMap<RunPlan, Set<string>>();
  return async (project) => {
    const all = await readEnvironments(sources, project);
    return async (entry) => {
      const rules = findEnvironment(all.environments, entry.environment);
      if (rules === undefined) {
        return { kind: 'refuse', reason: unknownEnvironment(project, entry.environment, all) };
      }
      const assessment = await enter(sources, { project, rules, entry });
      if (assessment.kind !== 'refuse') await note(sources, { project, rules, entry, noted });
      if (assessment.kind === 'admit') {
        // What the rules asked for once, and do not any more, needs no answer.
        await withdrawApproval(sources.store, { environment: rules.name, subject: subjectOf(entry.run) });
        await noteEntered(sources, { project, rules, entry });
      }
      return assessment;
    };
  };
}

interface Entering {
  project: string;
  rules: EnvironmentRules;
  entry: EnvironmentEntry;
}

/** Each job once in a process; whatever a crash has left of it is written again. */
async function note(
  sources: EventSources,
  { noted, ...entering }: Entering & { noted: WeakMap<RunPlan, Set<string>> },
): Promise<void> {
  const { run, jobs } = entering.entry;
  const known = noted.get(run) ?? new Set();
  noted.set(run, known);
  for (const job of jobs.filter(({ jobKey }) => !known.has(jobKey))) {
    await noteEntrance(sources, { ...entering, job, actor: await actorOf(sources.store, run) });
    known.add(job.jobKey);
  }
}

async function enter(sources: EventSources, entering: Entering): Promise<EntryAssessment> {
  const { rules, entry } = entering;
  const { run } = entry;
  const plan = await planShownBy(sources.store, run, rules.name);
  const asked = asksForRequest(rules) ? await ask(sources, entering, plan) : null;
  const haste = plan?.haste ?? 'none';
  return assessEntry({ rules, ref: githubText(run, 'ref'), asked, haste, nowMs: sources.now() });
}

async function ask(
  { store, now }: EventSources,
  { project, rules, entry: { run } }: Entering,
  plan: ShownPlan | null,
): Promise<{ request: ApprovalRequest; standing: ApprovalStanding }> {
  const clock = { store, now: now() };
  const environment = rules.name;
  const subject = subjectOf(run);
  const needsWord = rules.protection.reviewers.length > 0;
  const binding = bindingOf(run, plan);
  const known = await findApproval(store, { environment, subject });
  const isAsked = known?.bindingHash === bindingHash(binding);
  const request = isAsked
    ? known
    : await askFor(clock, {
        run,
        rules,
        wanted: { project, environment, subject, binding, needsWord, requestedBy: await actorOf(store, run) },
      });
  const standing = assessApproval(request, rules.protection, clock.now);
  const isOpenAgain = standing.kind === 'pending' && request.state !== 'pending' && needsWord;
  if (standing.kind === 'expired' || isOpenAgain) await reopen(clock, { run, rules, request });
  if (standing.kind === 'unanswered') await giveUp(store, request);
  return { request, standing };
}

/** Reviewers are told, in the same transaction: exactly then when they are asked. */
async function askFor(
  { store, now }: { store: Store; now: number },
  { run, rules, wanted }: { run: RunPlan; rules: EnvironmentRules; wanted: WantedApproval },
): Promise<ApprovalRequest> {
  return store.transaction().execute(async (transaction) => {
    const clock = { store: transaction, now };
    const request = await requestApproval(clock, wanted);
    if (rules.protection.reviewers.length > 0) await tellReviewers(clock, { run, rules, request });
    return request;
  });
}

interface Asked {
  run: RunPlan;
  rules: EnvironmentRules;
  request: ApprovalRequest;
}

async function reopen({ store, now }: { store: Store; now: number }, asked: Asked): Promise<void> {
  await store.transaction().execute(async (transaction) => {
    const clock = { store: transaction, now };
    if (await askAgain(clock, asked.request)) await tellReviewers(clock, asked);
  });
}

async function tellReviewers(
  clock: { store: Store; now: number },
  { run, rules, request }: Asked,
): Promise<void> {
  const { id, project, requestedBy, binding } = request;
  const who = rules.protection.reviewers.join(' or ');
  await wantNotice(clock, {
    topic: 'waiting',
    project,
    environment: rules.name,
    deploymentId: null,
    release: null,
    by: requestedBy,
    text: `Run ${run.runId} (${run.workflowName}) at ${binding.sha.slice(0, 7)} needs approval by ${who}: slipway approve ${id}`,
    atMs: clock.now,
  });
}

function subjectOf({ runId, runAttempt }: RunPlan): ApprovalSubject {
  return { kind: 'run', runId: Number(runId), attempt: runAttempt };
}

/** Whoever began the attempt: of a rerun who asked for that. */
async function actorOf(store: Store, run: RunPlan): Promise<string> {
  const { actor } = await store
    .selectFrom('run_attempt')
    .select('actor')
    .where(({ and }) => and({ run_id: Number(run.runId), attempt: run.runAttempt }))
    .executeTakeFirstOrThrow();
  return actor;
}
