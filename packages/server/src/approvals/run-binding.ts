import { createHash } from 'node:crypto';
import type { RunPlan } from '@slipway/workflow/plan';
import type { Store } from '../store/open-store.ts';
import type { DeploymentPlanTable } from '../store/tables/delivery.ts';
import type { ApprovalBinding } from './approval-request.ts';

export type ShownPlan = Pick<DeploymentPlanTable, 'plan_hash' | 'haste'>;

/** The plan that a job of the run has shown last for this environment; null: none. */
export async function planShownBy(
  store: Store,
  { runId }: RunPlan,
  environment: string,
): Promise<ShownPlan | null> {
  const plan = await store
    .selectFrom('deployment_plan')
    .select(['plan_hash', 'haste'])
    .where(({ and }) => and({ run_id: Number(runId), environment }))
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return plan ?? null;
}

/** What is approved when a run is let into an environment. */
export function bindingOf(run: RunPlan, plan: ShownPlan | null): ApprovalBinding {
  return { sha: githubText(run, 'sha'), workflow: workflowHash(run), planHash: plan?.plan_hash ?? null };
}

const hashes = new WeakMap<RunPlan, string>();

/** Of the jobs as the run carries them out: those of workflows of other repositories too, which the commit does not bind. */
function workflowHash(run: RunPlan): string {
  const known = hashes.get(run);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(JSON.stringify(run.graphs)).digest('hex');
  hashes.set(run, hash);
  return hash;
}

/** A text of the run's `github` context. */
export function githubText({ contexts: { github } }: RunPlan, name: string): string {
  const value = github[name];
  return typeof value === 'string' ? value : '';
}
