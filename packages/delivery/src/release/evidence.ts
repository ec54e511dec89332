import type { Digest } from './digest.ts';

/** What is known of how a release was made and checked. Evidence that was never given is absent, and absent is not passed. */
export type Evidence = TestEvidence | ScanEvidence | SbomEvidence | ProvenanceEvidence;

export interface TestEvidence {
  kind: 'tests';
  /** Which suite, e.g. `ci` or `e2e`. */
  name: string;
  conclusion: 'success' | 'failure' | 'cancelled' | 'skipped';
}

export interface ScanEvidence {
  kind: 'scan';
  scanner: string;
  /** What was scanned. */
  digest: Digest;
  findings: Record<Severity, number>;
}

export interface SbomEvidence {
  kind: 'sbom';
  digest: Digest;
  format: 'spdx' | 'cyclonedx';
}

export interface ProvenanceEvidence {
  kind: 'provenance';
  digest: Digest;
  /** Commit that the build says it was made from. */
  commit: string;
  /** Who built: the address of the run. */
  builder: string;
}

/** From worst to least. */
export const severities = ['critical', 'high', 'medium', 'low'] as const;

export type Severity = (typeof severities)[number];
