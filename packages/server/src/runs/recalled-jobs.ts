import type { JobOpening } from '@slipway/workflow/plan';
import { jobAt, legAt, type RunMachineEvent, type RunState } from '@slipway/workflow/run';

/** What is kept of an earlier attempt: asked for again, it is answered without evaluating or running anything. */
export interface RecalledJobs {
  /** By job key. */
  openings: Map<string, JobOpening>;
  /** By leg key. */
  results: Map<string, RecalledResult>;
}

type RecalledResult = Omit<Extract<RunMachineEvent, { kind: 'leg.finished' }>, 'kind' | 'leg'>;

/**
 * What of a concluded run stays as it was when some of its legs run again. `again` says which do, by leg key or, for a job that had no
 * legs, by job key; whatever needs one of them is decided anew, so the caller names dependents too.
 */
export function recallJobs({ nodes }: RunState, again: ReadonlySet<string>): RecalledJobs {
  const recalled: RecalledJobs = { openings: new Map(), results: new Map() };
  const state = { nodes };
  for (const [index, node] of nodes.entries()) {
    if (node.kind === 'job' && !again.has(node.key)) {
      const opening = openingOf(state, index);
      if (opening !== undefined) recalled.openings.set(node.key, opening);
    }
    if (node.kind !== 'leg' || again.has(node.key)) continue;
    const result = resultOf(state, index);
    if (result !== undefined) recalled.results.set(node.key, result);
  }
  return recalled;
}

/** Only of skipped jobs: what had legs is cheap to evaluate again, and comes out the same from the same outputs. */
function openingOf(state: Pick<RunState, 'nodes'>, index: number): JobOpening | undefined {
  const job = jobAt(state, index).state;
  if (job.kind !== 'concluded' || job.reason === undefined) return undefined;
  const { conclusion } = job.fact;
  if (conclusion === 'skipped') return { kind: 'skipped', reason: job.reason };
  return conclusion === 'failure' ? { kind: 'invalid', reason: job.reason } : undefined;
}

function resultOf(state: Pick<RunState, 'nodes'>, index: number): RecalledResult | undefined {
  const leg = legAt(state, index);
  const job = jobAt(state, leg.job).state;
  if (leg.plan.work.kind !== 'job' || leg.state.kind !== 'concluded' || job.kind !== 'concluded')
    return undefined;
  const { outcome, reason } = leg.state;
  if (outcome === 'skipped') return undefined;
  return { conclusion: outcome, outputs: job.fact.outputs, ...(reason !== undefined && { reason }) };
}
