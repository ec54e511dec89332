import type { Approval } from '@slipway/delivery';
import { approvalsOfPlan } from '../approvals/assess-approval.ts';
import { findApproval } from '../approvals/read-approvals.ts';
import { requestApproval } from '../approvals/request-approval.ts';
import type { EventSources } from '../events/event-sources.ts';
import type { DeploymentApprovals } from './delivery-sources.ts';
import type { DeploymentRow } from './deployments.ts';

/**
 * Words on requests for approval. A deployment that a run started is let in by what was said of the run, if that binds its plan: people are
 * asked once.
 */
export function serverApprovals({ store, now, notices }: EventSources): DeploymentApprovals {
  return {
    async find(deployment) {
      const own = await findApproval(store, {
        environment: deployment.environment,
        subject: { kind: 'deployment', id: deployment.id },
      });
      return [...(own ? approvalsOfPlan(own) : []), ...(await ofRun(store, deployment))];
    },
    async request({ id, project, environment, plan, planHash, requestedBy }) {
      await requestApproval(
        { store, now: now() },
        {
          project,
          environment,
          subject: { kind: 'deployment', id },
          binding: { sha: plan.release.commit, workflow: null, planHash },
          requestedBy,
        },
      );
      notices.notify(`project:${project}`);
    },
    async withdraw({ id }) {
      await store
        .updateTable('approval')
        .set({ state: 'expired' })
        .where(({ and }) => and({ subject_kind: 'deployment', subject_id: id, state: 'pending' }))
        .execute();
    },
  };
}

/** Any attempt of the run: what an approval binds is the plan. */
async function ofRun(
  store: EventSources['store'],
  { runId, environment }: DeploymentRow,
): Promise<Approval[]> {
  if (runId === null) return [];
  const rows = await store
    .selectFrom('approval')
    .select('attempt')
    .where(({ and }) => and({ subject_kind: 'run', subject_id: runId, environment }))
    .execute();
  const approvals: Approval[] = [];
  for (const { attempt } of rows) {
    const request = await findApproval(store, { environment, subject: { kind: 'run', runId, attempt } });
    if (request) approvals.push(...approvalsOfPlan(request));
  }
  return approvals;
}
