import type { Release } from '../release/release.ts';

/** A deployment that came to its end in an environment, oldest first in a history. */
export interface PastDeployment {
  release: Release;
  outcome: 'completed' | 'rolled-back' | 'blocked';
}

export type Undo =
  | { kind: 'deploy'; release: Release; haste: 'none' | 'rollback' }
  | { kind: 'impossible'; reason: string };

/**
 * What takes back the last completed deployment: the release that completed before it, as a rollback, which no window holds up.
 * Taking back a rollback brings the newer release again, and that goes through all gates as a fresh deployment.
 */
export function planUndo(history: readonly PastDeployment[], to?: string): Undo {
  const completed = history.filter(({ outcome }) => outcome === 'completed');
  const last = completed.at(-1);
  if (!last) return { kind: 'impossible', reason: 'No deployment has completed here.' };
  const earlier = completed
    .slice(0, -1)
    .findLast(({ release }) => (to === undefined ? release.id !== last.release.id : release.id === to));
  if (!earlier) {
    return { kind: 'impossible', reason: whyNot(to, last.release) };
  }
  const goesForward = earlier.release.ordinal > last.release.ordinal;
  return { kind: 'deploy', release: earlier.release, haste: goesForward ? 'none' : 'rollback' };
}

function whyNot(to: string | undefined, current: Release): string {
  if (to === undefined) return 'No other release has completed here.';
  return to === current.id ? `Release ${to} is what runs here.` : `Release ${to} has not completed here.`;
}
