import { median } from 'simple-statistics';

/** A deployment that has ended, as the figures see it. */
export interface EndedDeployment {
  outcome: 'completed' | 'rolled-back' | 'blocked';
  haste: 'none' | 'urgent' | 'rollback';
  endedAtMs: number;
  /** When the commit of its release was made. */
  committedAtMs: number;
  /** When it was known that it fails: when the way back began, or the end. */
  failedAtMs: number | null;
}

export interface Period {
  fromMs: number;
  untilMs: number;
}

/** The four figures of DORA. @see https://dora.dev/guides/dora-metrics-four-keys/ */
export interface DoraFigures {
  /** Deployments of changes that were completed; going back is none. */
  deployments: number;
  frequencyPerDay: number;
  /** Median from the commit to production. */
  leadTimeMs: number | null;
  /** Changes that failed on the way, or were taken back afterwards. */
  failures: number;
  changeFailureRate: number | null;
  /** Median from a failure to the time at which all was well again. */
  timeToRestoreMs: number | null;
}

const dayMs = 24 * 60 * 60_000;

/**
 * Figures of one environment. `history` is in the order in which deployments ended and may begin before the period. A change failed if its
 * rollout was rolled back or blocked, or if going back was the next thing that completed after it. All is well again when the way back has
 * ended (the old revision serves all), or when the deployment that goes back has completed.
 */
export function doraFigures(history: readonly EndedDeployment[], { fromMs, untilMs }: Period): DoraFigures {
  const isInside = ({ endedAtMs }: EndedDeployment): boolean => endedAtMs >= fromMs && endedAtMs < untilMs;
  const changes = history.filter(({ haste }) => haste !== 'rollback');
  const completed = changes.filter((one) => one.outcome === 'completed' && isInside(one));
  const failures = changes.filter(isInside).flatMap((one) => {
    const restoreMs = restoreTime(history, one);
    return restoreMs === undefined ? [] : [restoreMs];
  });
  const attempts = changes.filter(isInside).length;
  const leadTimes = completed.map(({ endedAtMs, committedAtMs }) => Math.max(0, endedAtMs - committedAtMs));
  return {
    deployments: completed.length,
    frequencyPerDay: completed.length / Math.max(1, (untilMs - fromMs) / dayMs),
    leadTimeMs: medianOf(leadTimes),
    failures: failures.length,
    changeFailureRate: attempts === 0 ? null : failures.length / attempts,
    timeToRestoreMs: medianOf(failures),
  };
}

/** Undefined: it did not fail. */
function restoreTime(history: readonly EndedDeployment[], change: EndedDeployment): number | undefined {
  if (change.outcome !== 'completed') return change.endedAtMs - (change.failedAtMs ?? change.endedAtMs);
  const next = history.slice(history.indexOf(change) + 1).find(({ outcome }) => outcome === 'completed');
  return next?.haste === 'rollback' ? next.endedAtMs - change.endedAtMs : undefined;
}

function medianOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.round(median([...values]));
}
