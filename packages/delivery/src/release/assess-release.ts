import { type Artifact, type ArtifactReading, readArtifact } from './digest.ts';
import type { Evidence } from './evidence.ts';
import type { Release } from './release.ts';
import { isDirty, versionTag } from './version-tag.ts';

/** A build as a workflow reports it: nothing is checked yet. */
export interface ReleaseClaim {
  id: string;
  commit: string;
  ordinal: number;
  ref: string;
  version: string;
  builtAtMs: number;
  /** `sha256:…` or `repository@sha256:…` by component name. */
  components: Record<string, string>;
  evidence: readonly Evidence[];
}

export type ReleaseFindingCode =
  | 'invalid-commit'
  | 'dirty-version'
  | 'no-components'
  | 'unknown-component'
  | 'missing-component'
  | 'mutable-reference'
  | 'invalid-reference'
  | 'foreign-evidence';

export interface ReleaseFinding {
  code: ReleaseFindingCode;
  /** The component that is meant, if it is one. */
  component?: string;
  message: string;
  mend: string;
}

export type ReleaseAssessment =
  | { kind: 'release'; release: Release }
  | { kind: 'refused'; findings: ReleaseFinding[] };

/**
 * Takes a claim for a release if it is immutable and whole: digests only, exactly the components of `slipway.yml`,
 * a commit that holds what was built, and evidence that speaks of these digests and this commit.
 */
export function assessRelease(claim: ReleaseClaim, expected: readonly string[]): ReleaseAssessment {
  const readings = Object.entries(claim.components).map(
    ([name, reference]) => [name, readArtifact(reference)] as const,
  );
  const components: Record<string, Artifact> = {};
  for (const [name, reading] of readings)
    if (reading.kind === 'artifact') components[name] = reading.artifact;
  const findings = [
    ...assessSource(claim),
    ...assessNames(Object.keys(claim.components), expected),
    ...readings.flatMap(([name, reading]) => assessReading(name, reading)),
    ...assessEvidence(claim, components),
  ];
  if (findings.length > 0) return { kind: 'refused', findings };
  const { id, commit, ordinal, ref, version, builtAtMs } = claim;
  const tag = versionTag({ described: version, commit, builtAtMs });
  return {
    kind: 'release',
    release: {
      id,
      commit,
      ordinal,
      ref,
      version,
      tag,
      createdAtMs: builtAtMs,
      components,
      evidence: [...claim.evidence],
    },
  };
}

function assessSource({ commit, version }: ReleaseClaim): ReleaseFinding[] {
  const findings: ReleaseFinding[] = [];
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) {
    findings.push({
      code: 'invalid-commit',
      message: `“${commit}” is no full commit id.`,
      mend: 'Give the output of `git rev-parse HEAD`.',
    });
  }
  if (isDirty(version)) {
    findings.push({
      code: 'dirty-version',
      message: `Version ${version} was built from files that no commit holds.`,
      mend: 'Commit or remove the changes and build again.',
    });
  }
  return findings;
}

function assessNames(given: readonly string[], expected: readonly string[]): ReleaseFinding[] {
  if (given.length === 0) {
    return [
      {
        code: 'no-components',
        message: 'The release has no component.',
        mend: 'Report the digest of each image or bundle that was built.',
      },
    ];
  }
  const unknown = given.filter((name) => !expected.includes(name));
  const missing = expected.filter((name) => !given.includes(name));
  return [
    ...unknown.map(
      (component): ReleaseFinding => ({
        code: 'unknown-component',
        component,
        message: `Component ${component} is not in slipway.yml.`,
        mend: `Name one of ${expected.join(', ')}, or add it under \`components\`.`,
      }),
    ),
    ...missing.map(
      (component): ReleaseFinding => ({
        code: 'missing-component',
        component,
        message: `The release has no digest for component ${component}.`,
        mend: `Build ${component} and report its digest too.`,
      }),
    ),
  ];
}

function assessReading(component: string, reading: ArtifactReading): ReleaseFinding[] {
  switch (reading.kind) {
    case 'artifact':
      return [];
    case 'mutable':
      return [
        {
          code: 'mutable-reference',
          component,
          message: `${reading.reference} is a name that can come to mean something else.`,
          mend: 'Give the digest that the push printed: `repository@sha256:…`.',
        },
      ];
    case 'invalid':
      return [
        {
          code: 'invalid-reference',
          component,
          message: `“${reading.reference}” is neither \`sha256:…\` nor \`repository@sha256:…\`.`,
          mend: 'Give `sha256:` and 64 lower-case hexadecimal digits, after `repository@` for an image.',
        },
      ];
    default:
      return reading satisfies never;
  }
}

function assessEvidence(
  { commit, evidence }: ReleaseClaim,
  components: Record<string, Artifact>,
): ReleaseFinding[] {
  const digests = new Set<string>(Object.values(components).map(({ digest }) => digest));
  return evidence.flatMap((one): ReleaseFinding[] => {
    const isOfOtherContent = 'digest' in one && !digests.has(one.digest);
    const isOfOtherCommit = one.kind === 'provenance' && one.commit !== commit;
    if (!isOfOtherContent && !isOfOtherCommit) return [];
    return [
      {
        code: 'foreign-evidence',
        message: `The ${one.kind} speaks of ${isOfOtherContent ? one.digest : `commit ${commitOf(one)}`}, which is not of this release.`,
        mend: 'Report only what was made for the digests and the commit of this release.',
      },
    ];
  });
}

function commitOf(evidence: Evidence): string {
  return evidence.kind === 'provenance' ? evidence.commit : '';
}
