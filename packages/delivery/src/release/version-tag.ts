/** What an immutable tag is made of. */
export interface VersionFacts {
  /** Output of `git describe --tags --always --dirty`. */
  described: string;
  /** Full commit id. */
  commit: string;
  /** When it was built, in milliseconds since 1970. */
  builtAtMs: number;
}

/**
 * `version-sha-timestamp`, e.g. `v1.4.0-3-g9fceb02-9fceb02d0ae5-20261125T144658Z`. It never names two builds: the time tells apart
 * two of one commit. Characters that a registry refuses become `-`, and the version gives way to the limit of 128 characters.
 */
export function versionTag({ described, commit, builtAtMs }: VersionFacts): string {
  const timestamp = new Date(builtAtMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const identity = `-${commit.slice(0, 12)}-${timestamp}`;
  const version = described.replaceAll(/[^\w.-]/g, '-').replace(/^[.-]+/, '') || '0';
  return version.slice(0, 128 - identity.length) + identity;
}

/** What was built from files that no commit holds can't be built again. */
export function isDirty(described: string): boolean {
  return described.endsWith('-dirty');
}
