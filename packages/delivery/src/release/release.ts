import type { Artifact } from './digest.ts';
import type { Evidence } from './evidence.ts';

/** One immutable build. What it runs is in the digests; version and tag are for people. Plain JSON. */
export interface Release {
  id: string;
  /** Full commit id. */
  commit: string;
  /** Where the commit stands on its branch: number of commits up to it (`git rev-list --count`); larger is newer. */
  ordinal: number;
  /** Branch or tag that it was built from, e.g. `refs/heads/main`. */
  ref: string;
  /** `git describe --tags --always --dirty`. */
  version: string;
  /** `version-sha-timestamp`, see `versionTag`. */
  tag: string;
  createdAtMs: number;
  /** By component name. */
  components: Record<string, Artifact>;
  evidence: Evidence[];
}

/** The same things would run: the same components, each with the same digest. */
export function runsTheSame(left: Record<string, Artifact>, right: Record<string, Artifact>): boolean {
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => left[name]?.digest === right[name]?.digest)
  );
}
