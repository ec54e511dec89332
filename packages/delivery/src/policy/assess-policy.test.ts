import { describe, expect, test } from 'vitest';
import type { Evidence } from '../release/evidence.ts';
import { codes, current, digest, evidenceOf, next, releaseOf, withEvidence } from './given-request.ts';

describe('policy holds against a deployment', () => {
  test('nothing, if all is in order', () => {
    expect(codes({})).toEqual([]);
  });

  test('that the same digests have not completed where they must have before', () => {
    expect(codes({ completedBefore: [current] })).toEqual(['not-completed-before']);
    const sameCommitOtherDigest = { ...next, components: { api: { digest: digest('c') } } };
    expect(codes({ completedBefore: [sameCommitOtherDigest] })).toEqual(['not-completed-before']);
  });

  test('that its commit is older than what runs', () => {
    expect(codes({ current: releaseOf('d', 3) })).toEqual(['older-than-current']);
  });

  test('where it was built from', () => {
    expect(codes({ release: { ...next, ref: 'refs/heads/feature' } })).toEqual(['ref-not-allowed']);
    expect(codes({ release: { ...next, ref: 'refs/heads/release/2' } })).toEqual([]);
    expect(codes({ release: { ...next, ref: 'refs/heads/release/2/x' } })).toEqual(['ref-not-allowed']);
    expect(codes({ release: { ...next, ref: 'refs/tags/v2' } })).toEqual([]);
    expect(codes({ release: { ...next, ref: 'refs/tags/main' } })).toEqual(['ref-not-allowed']);
  });

  test('evidence that is missing, skipped or bad', () => {
    const [tests, scan, sbom, provenance] = evidenceOf('b') as [
      Evidence,
      Extract<Evidence, { kind: 'scan' }>,
      Evidence,
      Evidence,
    ];
    expect(withEvidence([])).toEqual(['missing-test', 'missing-scan', 'missing-sbom', 'missing-provenance']);
    expect(
      withEvidence([{ kind: 'tests', name: 'ci', conclusion: 'skipped' }, scan, sbom, provenance]),
    ).toEqual(['missing-test']);
    const failed: Evidence = { kind: 'tests', name: 'ci', conclusion: 'failure' };
    expect(withEvidence([tests, failed, scan, sbom, provenance])).toEqual(['missing-test']);
    expect(withEvidence([failed, tests, scan, sbom, provenance])).toEqual([]);
    expect(withEvidence([tests, { ...scan, digest: digest('a') }, sbom, provenance])).toEqual([
      'missing-scan',
    ]);
    const worse = { ...scan, findings: { ...scan.findings, critical: 1 } };
    expect(withEvidence([tests, worse, sbom, provenance])).toEqual(['scan-findings']);
    expect(withEvidence([tests, worse, scan, sbom, provenance])).toEqual(['scan-findings']);
  });

  test('a migration that takes away what still runs, or does not say what it does', () => {
    expect(codes({ migrations: [{ kind: 'unmarked', name: 'm' }] })).toEqual(['unmarked-migration']);
    expect(codes({ migrations: [{ kind: 'contract', name: 'm', unusedFrom: 2 }] })).toEqual([
      'contract-too-early',
    ]);
    expect(codes({ migrations: [{ kind: 'contract', name: 'm', unusedFrom: 1 }] })).toEqual([]);
  });

  test('nothing but its migrations, if it goes back', () => {
    expect(codes({ haste: 'rollback', current: releaseOf('d', 3), completedBefore: [] })).toEqual([]);
  });
});
