import type { Environment } from '../config/delivery-config.ts';
import type { PendingMigration } from '../plan/migration.ts';
import { type Evidence, type ScanEvidence, type Severity, severities } from '../release/evidence.ts';
import { type Release, runsTheSame } from '../release/release.ts';
import type { PolicyFinding } from './policy-finding.ts';
import { findProof, isSuccessOf } from './prove-gates.ts';
import { admitsRef } from './ref-pattern.ts';

export interface PolicyFacts {
  environment: Environment;
  release: Release;
  /** What runs now; null if nothing does. */
  current: Release | null;
  migrations: readonly PendingMigration[];
  haste: 'none' | 'urgent' | 'rollback';
  /** What completed in the environment that is required. */
  completedBefore: readonly Release[];
}

/**
 * The rules that don't depend on time or people. Going back to what ran here before is held against none of the rules for new releases:
 * it passed them then.
 */
export function assessPolicy(facts: PolicyFacts): PolicyFinding[] {
  if (facts.haste === 'rollback') return assessMigrations(facts);
  return [
    ...assessRef(facts),
    ...assessPromotion(facts),
    ...assessOrder(facts),
    ...assessTests(facts),
    ...assessScans(facts),
    ...assessPapers(facts),
    ...assessMigrations(facts),
  ];
}

function assessRef({ environment, release }: PolicyFacts): PolicyFinding[] {
  const { branches, tags } = environment.protection;
  if (admitsRef(environment.protection, release.ref)) return [];
  return [
    {
      code: 'ref-not-allowed',
      message: `${environment.name} takes nothing built from ${release.ref}.`,
      mend: `Build from ${[...branches.map((one) => `branch ${one}`), ...tags.map((one) => `tag ${one}`)].join(' or ')}.`,
    },
  ];
}

function assessPromotion({ environment, release, completedBefore }: PolicyFacts): PolicyFinding[] {
  const { requires, name } = environment;
  if (requires === null) return [];
  if (completedBefore.some((one) => runsTheSame(one.components, release.components))) return [];
  return [
    {
      code: 'not-completed-before',
      message: `These digests have not completed on ${requires}, which ${name} requires.`,
      mend: `Deploy release ${release.tag} to ${requires} first.`,
    },
  ];
}

function assessOrder({ release, current, environment }: PolicyFacts): PolicyFinding[] {
  if (current === null || release.ordinal >= current.ordinal) return [];
  return [
    {
      code: 'older-than-current',
      message: `${environment.name} already runs ${current.tag}, which is newer than ${release.tag}.`,
      mend: `Deploy a newer release, or go back with \`slipway rollback ${environment.name} --to ${release.id}\`.`,
    },
  ];
}

function assessTests({ environment, release }: PolicyFacts): PolicyFinding[] {
  return environment.gates.tests.flatMap((name): PolicyFinding[] => {
    const finding = findingOf({ environment, release }, isSuccessOf(name, release.evidence), {
      code: 'missing-test',
      message: `There is no success of the tests “${name}” that still stands; skipped or missing is not passed.`,
      mend: `Run ${name} for commit ${release.commit} until it succeeds, and report it.`,
    });
    return finding === null ? [] : [finding];
  });
}

/** That evidence is missing, or that it is only a person's word where jobs' counts; null: it is there. */
function findingOf(
  { environment: { name, gates }, release: { evidence } }: Pick<PolicyFacts, 'environment' | 'release'>,
  matches: (one: Evidence) => boolean,
  missing: PolicyFinding,
): PolicyFinding | null {
  if (findProof(gates, evidence, matches) !== undefined) return null;
  const uncounted = evidence.find(matches);
  if (uncounted === undefined) return missing;
  const by =
    uncounted.statedBy?.kind === 'person'
      ? ` is the word of ${uncounted.statedBy.by}`
      : ' is nobody’s that was written down';
  return {
    code: missing.code,
    message: `${missing.message} The one that was sent${by}, and ${name} takes that of jobs alone.`,
    mend: `Let the job that does it report it with its own token, or permit it: \`gates: { stated-by: anyone }\`.`,
  };
}

/** Each component needs a scan of its own digest; one with findings is not mended by another one without. */
function assessScans({ environment, release }: PolicyFacts): PolicyFinding[] {
  const least = environment.gates.scan;
  if (least === null) return [];
  return Object.entries(release.components).flatMap(([name, { digest }]): PolicyFinding[] => {
    const scans = release.evidence
      .filter((one) => one.kind === 'scan')
      .filter((one) => one.digest === digest);
    const isScan = (one: Evidence) => one.kind === 'scan' && one.digest === digest;
    const finding = findingOf({ environment, release }, isScan, {
      code: 'missing-scan',
      message: `${name} (${digest}) was not scanned.`,
      mend: 'Scan it and report the result with the release.',
    });
    if (finding !== null) return [finding];
    // One with findings counts whoever sent it.
    const count = Math.max(...scans.map((scan) => countFrom(scan, least)));
    if (count === 0) return [];
    return [
      {
        code: 'scan-findings',
        message: `The scan of ${name} found ${count} of severity ${least} or worse.`,
        mend: 'Mend them and build again.',
      },
    ];
  });
}

function countFrom({ findings }: ScanEvidence, least: Severity): number {
  const counted = severities.slice(0, severities.indexOf(least) + 1);
  return counted.reduce((sum, severity) => sum + findings[severity], 0);
}

function assessPapers({ environment, release }: PolicyFacts): PolicyFinding[] {
  const wanted = (['sbom', 'provenance'] as const).filter((kind) => environment.gates[kind]);
  return wanted.flatMap((kind) =>
    Object.entries(release.components).flatMap(([name, { digest }]): PolicyFinding[] => {
      const isPaper = (one: Evidence) => one.kind === kind && one.digest === digest;
      const finding = findingOf({ environment, release }, isPaper, {
        code: `missing-${kind}`,
        message: `${name} has no ${kind === 'sbom' ? 'list of its parts (SBOM)' : 'provenance'}.`,
        mend: 'Let the build make it and report it with the release.',
      });
      return finding === null ? [] : [finding];
    }),
  );
}

function assessMigrations({ migrations, current }: PolicyFacts): PolicyFinding[] {
  return migrations.flatMap((migration): PolicyFinding[] => {
    switch (migration.kind) {
      case 'expand':
        return [];
      case 'unmarked':
        return [
          {
            code: 'unmarked-migration',
            message: `Migration ${migration.name} does not say whether it expands or contracts.`,
            mend: 'Mark it, and split it if it does both: the old revision runs on the new schema during the rollout.',
          },
        ];
      case 'contract':
        if (current === null || current.ordinal >= migration.unusedFrom) return [];
        return [
          {
            code: 'contract-too-early',
            message: `Migration ${migration.name} takes away what ${current.tag}, which runs now, still uses.`,
            mend: 'Deploy a release that no longer uses it first, without this migration.',
          },
        ];
      default:
        return migration satisfies never;
    }
  });
}
