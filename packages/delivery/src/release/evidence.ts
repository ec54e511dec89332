import type { Digest } from './digest.ts';

/** What is known of how a release was made and checked. Evidence that was never given is absent, and absent is not passed. */
export type Evidence = (TestEvidence | ScanEvidence | SbomEvidence | ProvenanceEvidence) & {
  /** By what the server knows of who asked, never by what was sent; absent: it was not written down. */
  statedBy?: Statement;
};

/** Who stated a piece of evidence. */
export type Statement = JobStatement | PersonStatement;

/** A job of a run of the release's commit, known by its token. */
export interface JobStatement {
  kind: 'job';
  runId: number;
  attempt: number;
  /** Its key in the run. */
  job: string;
  /** Path of the run's workflow file. */
  workflow: string;
  /** Of the run. */
  ref: string;
  commit: string;
  /** Where the run is shown; null: it is not known where people reach the server. */
  url: string | null;
}

/** Somebody with a token of a person, whatever program it was that used it. */
export interface PersonStatement {
  kind: 'person';
  by: string;
}

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
