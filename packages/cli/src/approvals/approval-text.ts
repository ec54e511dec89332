import type { ApprovalAnswer } from '@slipway/contracts/api/environments';

/** What a request is about, in one line. */
export function subjectText({ environment, project, subject, binding }: ApprovalAnswer): string {
  const what =
    subject.kind === 'run'
      ? `run ${subject.runId}${subject.attempt > 1 ? `, attempt ${subject.attempt},` : ''}`
      : `deployment ${subject.id}`;
  const plan = binding.planHash === null ? '' : `, plan ${binding.planHash.slice(0, 12)}`;
  return `${what} of ${project} at ${binding.sha.slice(0, 7)}${plan} to ${environment}`;
}

/** One line of a list. */
export function approvalRow(request: ApprovalAnswer): string[] {
  const { id, state, requestedBy, askedAt, decisions } = request;
  const last = decisions.at(-1);
  const by = state === 'pending' || last === undefined ? `asked by ${requestedBy}` : `${state} by ${last.by}`;
  const at = new Date(state === 'pending' || last === undefined ? askedAt : last.at).toISOString();
  return [String(id), state, subjectText(request), by, at.slice(0, 16).replace('T', ' ')];
}
