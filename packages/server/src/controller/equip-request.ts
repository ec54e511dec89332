import type { JobRequest } from '@slipway/workflow';
import type { EventPlan } from '@slipway/workflow/plan';
import { type RunState, requestForLeg } from '@slipway/workflow/run';
import type { Claim } from '../queue/job-queue.ts';
import type { Store } from '../store/open-store.ts';

/**
 * The request of a claimed job with its secrets, which are never in the queue. What a job of a called workflow may see of them is worked out
 * from its run's state.
 * @param secrets the project's; `GITHUB_TOKEN` is also `github.token`
 */
export async function equipRequest(
  store: Store,
  { request, attempt }: Pick<Claim, 'request' | 'attempt'>,
  secrets: Record<string, string>,
): Promise<JobRequest> {
  if (request.jobKey.includes('/')) return calledRequest(store, { request, attempt }, secrets);
  const { contexts } = request;
  const token = secrets.GITHUB_TOKEN;
  const github = { ...contexts.github, ...(token !== undefined && { token }) };
  return { ...request, secrets, contexts: { ...contexts, github } };
}

async function calledRequest(
  store: Store,
  { request, attempt }: Pick<Claim, 'request' | 'attempt'>,
  secrets: Record<string, string>,
): Promise<JobRequest> {
  const row = await store
    .selectFrom('run_attempt')
    .innerJoin('event_plan', 'event_plan.id', 'run_attempt.plan_id')
    .select(['run_attempt.state', 'run_attempt.position', 'event_plan.plan'])
    .where('run_attempt.run_id', '=', Number(request.runId))
    .where('run_attempt.attempt', '=', attempt)
    .executeTakeFirstOrThrow();
  const plan = (JSON.parse(row.plan) as EventPlan).runs[row.position];
  const state = JSON.parse(row.state ?? 'null') as RunState | null;
  const leg = state?.nodes.findIndex(
    ({ kind, ...node }) => kind === 'leg' && 'key' in node && node.key === request.jobKey,
  );
  if (plan === undefined || state === null || leg === undefined || leg < 0) {
    throw new Error(`run ${request.runId} has no job ${request.jobKey}`);
  }
  return requestForLeg(plan, state, leg, secrets);
}
