import { type ErrorCode, SlipwayError } from '@slipway/contracts/errors';
import { type ApprovalRefusal, type Protection, refusalOf } from '@slipway/delivery';
import { recordAudit } from '../access/audit.ts';
import { readEnvironment } from '../environments/read-environments.ts';
import type { EventSources } from '../events/event-sources.ts';
import type { Store } from '../store/open-store.ts';
import type { ApprovalRequest } from './approval-request.ts';
import { assessApproval } from './assess-approval.ts';
import { readApproval } from './read-approvals.ts';

export interface WantedDecision {
  id: number;
  verdict: 'approved' | 'rejected';
  /** Who decides, by `nameOf`. */
  by: string;
  comment: string;
  /** What was seen of the request; if it binds something else by now, nothing is decided. Default: what it binds now. */
  bindingHash?: string | undefined;
}

/**
 * Takes a person's word on a request, if the rules of the environment let it count; if not, that is audited. Whoever waits goes on at once,
 * or after a crash.
 * @throws SlipwayError `unknown-approval`, `unknown-environment`, `approval-decided`, `approval-changed`, `not-a-reviewer`, `own-deployment`
 */
export async function decideApproval(
  sources: EventSources,
  decision: WantedDecision,
): Promise<ApprovalRequest> {
  const { store, notices } = sources;
  const { project, environment } = await readApproval(store, decision.id);
  const { protection } = await readEnvironment(sources, { project, environment });
  const at = sources.now();
  const outcome = await store
    .transaction()
    .execute((transaction) => decide({ store: transaction, at }, decision, protection));
  if (outcome !== null) throw new SlipwayError(outcome);
  notices.notify(`project:${project}`);
  return readApproval(store, decision.id);
}

/** @returns why the word does not count; null if it does */
async function decide(
  { store, at }: { store: Store; at: number },
  decision: WantedDecision,
  protection: Protection,
): Promise<ErrorCode | null> {
  const { id, verdict, by, comment } = decision;
  const request = await lockRequest(store, id);
  const refusal = await refusalOfDecision(store, { request, decision, protection, at });
  await recordAudit(store, {
    at,
    actor: by,
    action: verdict === 'approved' ? 'approval.granted' : 'approval.rejected',
    project: request.project,
    subject: `environment ${request.environment}`,
    outcome: refusal === null ? 'done' : 'refused',
    detail: {
      approval: id,
      ...request.subject,
      ...request.binding,
      ...(comment !== '' && { comment }),
      ...(refusal !== null && { refusal }),
    },
  });
  if (refusal !== null) return refusal;
  const { binding, bindingHash: binding_hash } = request;
  await store
    .insertInto('approval_decision')
    .values({ approval_id: id, verdict, by, comment, at, binding: JSON.stringify(binding), binding_hash })
    .execute();
  await store.updateTable('approval').set({ state: verdict }).where('id', '=', id).execute();
  return null;
}

/** Writing the row makes other decisions wait for this one. */
async function lockRequest(store: Store, id: number): Promise<ApprovalRequest> {
  await store
    .updateTable('approval')
    .set(({ ref }) => ({ state: ref('state') }))
    .where('id', '=', id)
    .execute();
  return readApproval(store, id);
}

const codes: Record<ApprovalRefusal, ErrorCode> = {
  'not-a-reviewer': 'not-a-reviewer',
  'own-deployment': 'own-deployment',
  'another-plan': 'approval-changed',
  expired: 'approval-decided',
};

interface Deciding {
  request: ApprovalRequest;
  decision: WantedDecision;
  protection: Protection;
  at: number;
}

async function refusalOfDecision(
  store: Store,
  { request, decision, protection, at }: Deciding,
): Promise<ErrorCode | null> {
  const { verdict, by, bindingHash = request.bindingHash } = decision;
  const refusal = refusalOf(
    { by, atMs: at, planHash: bindingHash, verdict },
    { planHash: request.bindingHash, requestedBy: request.requestedBy, nowMs: at, ...protection },
  );
  if (refusal !== undefined) return codes[refusal];
  const { kind } = assessApproval(request, protection, at);
  // What is approved and has not begun may still be called off.
  const isOpen = kind === 'pending' || kind === 'expired' || (kind === 'approved' && verdict === 'rejected');
  if (!isOpen || request.state === 'expired' || (await isOver(store, request))) return 'approval-decided';
  return null;
}

async function isOver(store: Store, { subject }: ApprovalRequest): Promise<boolean> {
  if (subject.kind === 'deployment') return !(await isGated(store, subject.id));
  const row = await store
    .selectFrom('run_attempt')
    .select('status')
    .where(({ and }) => and({ run_id: subject.runId, attempt: subject.attempt }))
    .executeTakeFirst();
  return row === undefined || row.status === 'completed';
}

/** What has left its gates needs nobody's word, though a server that ended just then has not withdrawn its request. */
async function isGated(store: Store, id: number): Promise<boolean> {
  const row = await store
    .selectFrom('deployment')
    .select('state_kind')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.state_kind === 'gated';
}
