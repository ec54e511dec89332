import type { EventPlan, ForeignNeed } from '@slipway/workflow/plan';
import { readRecordedRun } from '../history/recorded-run.ts';
import { findRun } from '../history/run-history.ts';

/** Jobs of other runs of the event that the run needs are what they were: only this run is made again. */
export function withSiblingFacts(
  plan: EventPlan,
  root: string,
  siblings: Readonly<Record<string, number>>,
): EventPlan {
  return {
    runs: plan.runs.map((run) => ({
      ...run,
      foreign: run.foreign.map((need) => known(need, root, siblings)),
    })),
  };
}

function known(need: ForeignNeed, root: string, siblings: Readonly<Record<string, number>>): ForeignNeed {
  const number = need.kind === 'not-started' ? siblings[need.path] : undefined;
  const kept = number === undefined ? null : findRun(root, number);
  const legs = (kept && readRecordedRun(kept.directory)?.jobs.filter(({ id }) => id === need.id)) || [];
  const [first] = legs;
  if (first === undefined) return need;
  const conclusions = legs.map(({ result }) => result?.conclusion ?? 'cancelled');
  const ranked = ['failure', 'cancelled', 'success', 'skipped'] as const;
  return {
    kind: 'concluded',
    id: need.id,
    conclusion: ranked.find((one) => conclusions.includes(one)) ?? 'skipped',
    outputs: Object.assign({}, ...legs.map(({ outputs }) => outputs)),
  };
}
