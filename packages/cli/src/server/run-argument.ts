import type { Mistake } from '../command-line/command.ts';

/** The number of a run of a server, as it was typed. */
export function readRunId(
  typed: string | undefined,
): { runId: number; mistake: null } | { runId: null; mistake: Mistake } {
  if (typed !== undefined && /^[1-9]\d{0,9}$/.test(typed)) return { runId: Number(typed), mistake: null };
  const message = typed === undefined ? 'there is no run' : `'${typed}' is no number of a run`;
  return { runId: null, mistake: { message, mend: "Name one that 'slipway runs --server' shows." } };
}
