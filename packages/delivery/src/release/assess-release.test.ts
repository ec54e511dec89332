import { describe, expect, test } from 'vitest';
import { assessRelease, type ReleaseClaim } from './assess-release.ts';
import { formatArtifact, readArtifact } from './digest.ts';
import { versionTag } from './version-tag.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}` as const;
const claim: ReleaseClaim = {
  id: 'r1',
  commit: 'c'.repeat(40),
  ordinal: 7,
  ref: 'refs/heads/main',
  version: 'v1.4.0-3-gccccccc',
  builtAtMs: Date.UTC(2026, 10, 25, 14, 46, 58),
  components: { api: `registry.example:5000/taskmanager-api@${digest('a')}`, worker: digest('b') },
  evidence: [],
};
const codesOf = (change: Partial<ReleaseClaim>) => {
  const assessment = assessRelease({ ...claim, ...change }, ['api', 'worker']);
  return assessment.kind === 'refused' ? assessment.findings.map(({ code }) => code) : [];
};

describe('a release', () => {
  test('is taken with digests only and an immutable tag of version, commit and time', () => {
    const assessment = assessRelease(claim, ['api', 'worker']);
    expect(assessment).toMatchObject({
      kind: 'release',
      release: {
        tag: 'v1.4.0-3-gccccccc-cccccccccccc-20261125T144658Z',
        components: { api: { repository: 'registry.example:5000/taskmanager-api', digest: digest('a') } },
      },
    });
  });

  test.each([
    ['a tag', 'taskmanager-api:v1', 'mutable-reference'],
    ['latest', 'registry.example:5000/taskmanager-api:latest', 'mutable-reference'],
    ['a bare name', 'taskmanager-api', 'mutable-reference'],
    ['a short digest', 'taskmanager-api@sha256:abc', 'invalid-reference'],
    ['an upper-case digest', digest('A'), 'invalid-reference'],
    ['nothing', '', 'invalid-reference'],
    ['text with spaces', 'task manager', 'invalid-reference'],
  ])('is refused with %s for a component', (_, reference, code) => {
    expect(codesOf({ components: { api: reference, worker: digest('b') } })).toEqual([code]);
  });

  test('is refused with a component too many or too few', () => {
    expect(codesOf({ components: { api: digest('a'), web: digest('b') } })).toEqual([
      'unknown-component',
      'missing-component',
    ]);
  });

  test('is refused when it was built from uncommitted files or a part of a commit id', () => {
    expect(codesOf({ version: 'v1-dirty' })).toEqual(['dirty-version']);
    expect(codesOf({ commit: 'abc123' })).toEqual(['invalid-commit']);
  });

  test('is refused with evidence of another digest or commit', () => {
    const sbom = { kind: 'sbom', digest: digest('d'), format: 'spdx' } as const;
    const provenance = {
      kind: 'provenance',
      digest: digest('a'),
      commit: 'd'.repeat(40),
      builder: 'x',
    } as const;
    expect(codesOf({ evidence: [sbom, provenance] })).toEqual(['foreign-evidence', 'foreign-evidence']);
  });
});

test('a tag beside a digest is dropped and a port is kept', () => {
  const reading = readArtifact(`localhost:5000/api:v1@${digest('a')}`);
  expect(reading.kind === 'artifact' && formatArtifact(reading.artifact)).toBe(
    `localhost:5000/api@${digest('a')}`,
  );
});

test('a long version gives way so that a tag has at most 128 characters', () => {
  const tag = versionTag({ described: `release/${'x'.repeat(200)}`, commit: 'c'.repeat(40), builtAtMs: 0 });
  expect(tag).toHaveLength(128);
  expect(tag).toMatch(/^release-x+-c{12}-19700101T000000Z$/);
});
