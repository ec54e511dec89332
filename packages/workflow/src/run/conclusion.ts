/** How a leg, a job, a called workflow or a run ended. */
export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped';

const rank: Record<Conclusion, number> = { skipped: 0, success: 1, cancelled: 2, failure: 3 };

/**
 * The conclusion of a whole from those of its parts, as GitHub sums up the legs of a matrix and the jobs of a run:
 * one failure fails it, else one cancellation cancels it; it is skipped only if every part is. `skipped` is neutral.
 */
export function combine(left: Conclusion, right: Conclusion): Conclusion {
  return rank[left] >= rank[right] ? left : right;
}

/**
 * What the status functions of a dependent may conclude from a job and everything before it: `succeeded` if the job
 * and all its ancestors did, `failed` if one of them failed, else `mixed` (something was skipped or cancelled).
 */
export type Lineage = 'succeeded' | 'failed' | 'mixed';

/** A job's lineage from its own conclusion and the lineages of what it needs. */
export function extendLineage(conclusion: Conclusion, needs: Lineage[]): Lineage {
  if (conclusion === 'failure' || needs.includes('failed')) return 'failed';
  return conclusion === 'success' && needs.every((need) => need === 'succeeded') ? 'succeeded' : 'mixed';
}
