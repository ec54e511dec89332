export type PolicyCode =
  | 'ref-not-allowed'
  | 'not-completed-before'
  | 'older-than-current'
  | 'missing-test'
  | 'missing-scan'
  | 'scan-findings'
  | 'missing-sbom'
  | 'missing-provenance'
  | 'contract-too-early'
  | 'unmarked-migration';

/** A rule that a deployment breaks. */
export interface PolicyFinding {
  code: PolicyCode;
  message: string;
  mend: string;
}
