import { noCommit } from './read-commits.ts';

/** What became of a branch or tag. */
export interface RefChange {
  /** `refs/heads/…` or `refs/tags/…`. */
  ref: string;
  /** Zeros: it is new. */
  before: string;
  /** Zeros: it is gone. */
  after: string;
  /** Of the ref before, as it is known. */
  version: number;
}

export interface KnownRef {
  sha: string;
  version: number;
}

/** GitHub makes no events for the tags of a push that has more. */
const mostTags = 3;

/** What has changed since refs were last looked at. Branches come first, each kind in the order of names. */
export function refChanges(
  known: ReadonlyMap<string, KnownRef>,
  actual: ReadonlyMap<string, string>,
): RefChange[] {
  const refs = [...new Set([...known.keys(), ...actual.keys()])].toSorted();
  return refs.flatMap((ref) => {
    const { sha: before, version } = known.get(ref) ?? { sha: noCommit, version: 0 };
    const after = actual.get(ref) ?? noCommit;
    return before === after ? [] : [{ ref, before, after, version }];
  });
}

/**
 * Which of the changes start anything, as on GitHub.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#push
 */
export function isTold(change: RefChange, changes: readonly RefChange[]): boolean {
  if (!change.ref.startsWith('refs/tags/')) return true;
  return changes.filter(({ ref }) => ref.startsWith('refs/tags/')).length <= mostTags;
}
