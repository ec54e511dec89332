import { nearestName } from '@slipway/workflow';

/** `Did you mean …?` for the candidate that is a slip of the keyboard away from `word`, or null. */
export function meant(word: string, candidates: readonly string[]): string | null {
  const nearest = nearestName(word, candidates);
  return nearest === undefined ? null : `Did you mean ${nearest}?`;
}
