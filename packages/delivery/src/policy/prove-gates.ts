import type { Environment, EvidenceGates } from '../config/delivery-config.ts';
import type { Evidence, Statement } from '../release/evidence.ts';
import type { Release } from '../release/release.ts';

/** What satisfies a gate of an environment, for those who approve. */
export interface GateProof {
  /** e.g. `tests e2e` or `scan of api`. */
  gate: string;
  /** Null: it was not written down. */
  statedBy: Statement | null;
}

/** What an environment's gates want to know of a release. */
interface Gate {
  name: string;
  matches: (evidence: Evidence) => boolean;
}

/** Whether the environment takes the word of whoever stated it. */
export function counts({ statedBy: whose }: EvidenceGates, { statedBy }: Evidence): boolean {
  return whose === 'anyone' || statedBy?.kind === 'job';
}

/** The first evidence that counts and is of this kind; of several that of a job. */
export function findProof(
  gates: EvidenceGates,
  evidence: readonly Evidence[],
  matches: (one: Evidence) => boolean,
): Evidence | undefined {
  const counted = evidence.filter((one) => counts(gates, one) && matches(one));
  return counted.find(({ statedBy }) => statedBy?.kind === 'job') ?? counted[0];
}

/** Who has proven which gate. What no evidence proves is left out: policy has a finding of it. */
export function proveGates({ gates }: Environment, release: Release): GateProof[] {
  return gatesOf(gates, release).flatMap(({ name, matches }) => {
    const proof = findProof(gates, release.evidence, matches);
    return proof === undefined ? [] : [{ gate: name, statedBy: proof.statedBy ?? null }];
  });
}

function gatesOf(
  { tests, scan, sbom, provenance }: EvidenceGates,
  { components, evidence }: Release,
): Gate[] {
  const kinds = [
    ...(scan === null ? [] : ['scan']),
    ...(sbom ? ['sbom'] : []),
    ...(provenance ? ['provenance'] : []),
  ];
  return [
    ...tests.map((name) => ({ name: `tests ${name}`, matches: isSuccessOf(name, evidence) })),
    ...kinds.flatMap((kind) =>
      Object.entries(components).map(([component, { digest }]) => ({
        name: `${kind} of ${component}`,
        matches: (one: Evidence) => one.kind === kind && 'digest' in one && one.digest === digest,
      })),
    ),
  ];
}

/** A success of the suite that no later failure of it has undone, whoever said so: evidence stands in the order in which it came. */
export function isSuccessOf(name: string, evidence: readonly Evidence[]): (one: Evidence) => boolean {
  const concludes = (one: Evidence, conclusion: 'success' | 'failure') =>
    one.kind === 'tests' && one.name === name && one.conclusion === conclusion;
  const standing = evidence.slice(evidence.findLastIndex((one) => concludes(one, 'failure')) + 1);
  return (one) => concludes(one, 'success') && standing.includes(one);
}
