import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Environment } from '../config/delivery-config.ts';
import { type DeploymentRequest, planDeployment } from '../plan/plan-deployment.ts';
import { planHash } from '../plan/plan-hash.ts';
import type { Evidence, Statement } from '../release/evidence.ts';
import type { Release } from '../release/release.ts';
import type { Approval } from './approval.ts';
import { assessGates, type GateFacts } from './assess-gates.ts';
import { matchesRef } from './ref-pattern.ts';

const hour = 60 * 60_000;
const digest = (letter: string) => `sha256:${letter.repeat(64)}` as const;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const job: Statement = {
  kind: 'job',
  runId: 7,
  attempt: 1,
  job: 'build',
  workflow: '.github/workflows/build.yml',
  ref: 'refs/heads/main',
  commit: 'b'.repeat(40),
  url: 'https://ci.example/octo/app/actions/runs/7',
};
const unsigned = (letter: string): Evidence[] => [
  { kind: 'tests', name: 'ci', conclusion: 'success' },
  {
    kind: 'scan',
    scanner: 'trivy',
    digest: digest(letter),
    findings: { critical: 0, high: 0, medium: 3, low: 9 },
  },
  { kind: 'sbom', digest: digest(letter), format: 'spdx' },
  { kind: 'provenance', digest: digest(letter), commit: letter.repeat(40), builder: 'run 1' },
];
const evidenceOf = (letter: string) => unsigned(letter).map((one) => ({ ...one, statedBy: job }));
const releaseOf = (letter: string, ordinal: number): Release => ({
  id: letter,
  commit: letter.repeat(40),
  ordinal,
  ref: 'refs/heads/main',
  version: `v${ordinal}`,
  tag: `v${ordinal}`,
  createdAtMs: 0,
  components: { api: { digest: digest(letter) } },
  evidence: evidenceOf(letter),
});
const production: Environment = {
  name: 'production',
  target: { kind: 'process', options: {} },
  protection: {
    reviewers: ['alice', 'bob'],
    preventSelfReview: true,
    waitMs: 0,
    branches: ['main', 'release/*'],
    tags: ['v*'],
    approvalLifeMs: 24 * hour,
  },
  requires: 'staging',
  windows: [],
  onFreeze: 'hold',
  instances: {},
  strategy: { kind: 'linear', percent: 10, everyMs: 180_000, bakeMs: 300_000 },
  analysis: null,
  gates: { tests: ['ci'], scan: 'high', sbom: true, provenance: true, statedBy: 'jobs' },
  smoke: './smoke',
  limits: { progressDeadlineMs: 600_000, migrationTimeoutMs: 900_000 },
};
const current = releaseOf('a', 1);
const next = releaseOf('b', 2);
const request: DeploymentRequest = {
  components: { api: { name: 'api', role: 'service', options: { port: 8000 } } },
  environment: production,
  release: next,
  current,
  migrations: [{ kind: 'expand', name: '0002-due-dates' }],
  requestedBy: 'carol',
  requestedAtMs: 0,
  haste: 'none',
  completedBefore: [current, next],
};
const codes = (change: Partial<DeploymentRequest>) =>
  planDeployment({ ...request, ...change }).findings.map(({ code }) => code);
const withEvidence = (evidence: Evidence[]) => codes({ release: { ...next, evidence } });

describe('a plan', () => {
  test('says who has proven each gate', () => {
    expect(planDeployment(request).proofs).toEqual(
      ['tests ci', 'scan of api', 'sbom of api', 'provenance of api'].map((gate) => ({
        gate,
        statedBy: job,
      })),
    );
    expect(planDeployment({ ...request, haste: 'rollback' }).proofs).toEqual([]);
  });

  test('is refused by gates that only a person has said to be passed, unless the environment takes that', () => {
    const statedBy = { kind: 'person', by: 'carol' } as const;
    const typed = unsigned('b').map((one) => ({ ...one, statedBy }));
    const expected = ['missing-test', 'missing-scan', 'missing-sbom', 'missing-provenance'];
    expect(withEvidence(typed)).toEqual(expected);
    expect(withEvidence(unsigned('b'))).toEqual(expected);
    const release = { ...next, evidence: typed };
    const [finding] = planDeployment({ ...request, release }).findings;
    expect(finding?.message).toContain('is the word of carol, and production takes that of jobs alone');
    const environment = { ...production, gates: { ...production.gates, statedBy: 'anyone' as const } };
    const plan = planDeployment({ ...request, environment, release });
    expect(plan.findings).toEqual([]);
    expect(plan.proofs[0]).toEqual({ gate: 'tests ci', statedBy });
  });

  test('is refused for what a person has found in a scan, whatever a job has found', () => {
    const found: Evidence = {
      kind: 'scan',
      scanner: 'trivy',
      digest: digest('b'),
      findings: { critical: 1, high: 0, medium: 0, low: 0 },
      statedBy: { kind: 'person', by: 'carol' },
    };
    expect(withEvidence([...evidenceOf('b'), found])).toEqual(['scan-findings']);
  });

  test('says what would change, how, and for how long at least', () => {
    expect(planDeployment(request)).toMatchObject({
      components: [{ name: 'api', kind: 'changed', now: digest('a'), next: digest('b') }],
      strategy: 'linear, 10% every 180s',
      leastDurationMs: 9 * 180_000 + 300_000,
      findings: [],
    });
    const other = { ...next, components: { web: { digest: digest('b') } } };
    expect(
      planDeployment({ ...request, release: other }).components.map(({ name, kind }) => [name, kind]),
    ).toEqual([
      ['api', 'removed'],
      ['web', 'new'],
    ]);
  });

  test('of a rollback gives the release that served before all traffic at once, and is not judged by what is bad now', () => {
    const environment = { ...production, analysis: { metrics: [], doubtBudgetMs: 600_000 } };
    const back = planDeployment({ ...request, environment, haste: 'rollback' });
    const shifts = back.rollout.steps.flatMap((step) => (step.kind === 'shift' ? [step.weight] : []));
    expect(shifts).toEqual([100]);
    expect(back).toMatchObject({ leastDurationMs: 0, rollout: { analysis: null } });
    expect(planDeployment({ ...request, environment }).rollout.analysis).not.toBeNull();
  });

  test('has as many instances as the environment wants, else as the component says, and rolls by them', () => {
    const strategy = {
      kind: 'rolling',
      batch: { kind: 'instances', count: 1 },
      everyMs: 1000,
      bakeMs: 0,
    } as const;
    const options = { port: 8000, instances: 2 };
    const components = { api: { name: 'api', role: 'service', options } } as const;
    const planned = (instances: Record<string, number>) =>
      planDeployment({ ...request, components, environment: { ...production, strategy, instances } });
    const placed = (plan: ReturnType<typeof planned>) =>
      plan.rollout.steps.flatMap((step) => (step.kind === 'place' ? [step.instances] : []));
    expect(placed(planned({}))).toEqual([{ api: 1 }, { api: 2 }]);
    const more = planned({ api: 3, worker: 5 });
    expect(placed(more)).toEqual([{ api: 1 }, { api: 2 }, { api: 3 }]);
    expect(more).toMatchObject({
      strategy: 'rolling, one instance every 1s',
      placement: { components: { api: { options: { port: 8000, instances: 3 } } } },
    });
  });

  test('has one hash, whatever the order of its keys, and another one for any other plan', () => {
    const plan = planDeployment(request);
    const reordered = Object.fromEntries(Object.entries(plan).reverse()) as unknown as typeof plan;
    expect(planHash(reordered, sha256)).toBe(planHash(plan, sha256));
    const changes: Partial<DeploymentRequest>[] = [
      { release: { ...next, components: { api: { digest: digest('c') } } } },
      { migrations: [] },
      { current: null },
      { environment: { ...production, strategy: { kind: 'blue-green', bakeMs: 0 } } },
      { requestedBy: 'dave' },
    ];
    const hashes = [plan, ...changes.map((change) => planDeployment({ ...request, ...change }))].map((one) =>
      planHash(one, sha256),
    );
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

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

describe('the gates', () => {
  const gates = (
    approvals: Partial<Approval>[],
    change: Partial<GateFacts> = {},
    asked: Partial<DeploymentRequest> = {},
  ) => {
    const plan = planDeployment({ ...request, ...asked });
    const hash = planHash(plan, sha256);
    return assessGates({
      plan,
      planHash: hash,
      approvals: approvals.map((one) => ({
        by: 'alice',
        atMs: 0,
        planHash: hash,
        verdict: 'approved',
        ...one,
      })),
      frozen: null,
      nowMs: hour,
      ...change,
    });
  };

  test('pass with the word of one reviewer, whatever its case', () => {
    expect(gates([]).kind).toBe('wait');
    expect(gates([{}]).kind).toBe('pass');
    expect(gates([{ by: 'BOB' }]).kind).toBe('pass');
  });

  test('ignore the word of who asked for it, and say so for the audit', () => {
    expect(gates([{ by: 'Alice' }], {}, { requestedBy: 'alice' })).toMatchObject({
      kind: 'wait',
      ignored: [{ refusal: 'own-deployment' }],
    });
    const lenient = { ...production, protection: { ...production.protection, preventSelfReview: false } };
    expect(gates([{}], {}, { requestedBy: 'alice', environment: lenient }).kind).toBe('pass');
  });

  test('ignore the word of a stranger, and one on another plan', () => {
    expect(gates([{ by: 'mallory' }])).toMatchObject({ ignored: [{ refusal: 'not-a-reviewer' }] });
    expect(gates([{ planHash: 'other' }])).toMatchObject({ ignored: [{ refusal: 'another-plan' }] });
  });

  test('void an approval when a digest changes after it', () => {
    const approved = planHash(planDeployment(request), sha256);
    const swapped = { ...next, components: { api: { digest: digest('c') } }, evidence: evidenceOf('c') };
    expect(
      gates([{ planHash: approved }], {}, { release: swapped, completedBefore: [swapped] }),
    ).toMatchObject({
      kind: 'wait',
      ignored: [{ refusal: 'another-plan' }],
    });
  });

  test('refuse when the approval has run out, so that it is planned again', () => {
    expect(gates([{}], { nowMs: 24 * hour - 1 }).kind).toBe('pass');
    expect(gates([{}], { nowMs: 24 * hour })).toMatchObject({
      kind: 'refuse',
      reason: expect.stringContaining('plan it again'),
    });
  });

  test('refuse what a reviewer rejects or policy does not allow', () => {
    expect(gates([{}, { by: 'bob', verdict: 'rejected' }])).toMatchObject({
      kind: 'refuse',
      reason: expect.stringContaining('bob'),
    });
    expect(gates([{}], {}, { completedBefore: [] })).toMatchObject({
      kind: 'refuse',
      reason: expect.stringContaining('staging'),
    });
  });

  test('wait for the timer, the freeze and the peak hours', () => {
    const closed = (environment: Partial<Environment>, asked: Partial<DeploymentRequest> = {}) =>
      gates([{}], {}, { ...asked, environment: { ...production, ...environment } });
    const freeze = { kind: 'freeze', fromMs: 0, untilMs: 9 * hour, reason: 'Holidays' } as const;
    const peak = {
      kind: 'peak-hours',
      weekdays: [4],
      fromMinute: 0,
      untilMinute: 300,
      timeZone: 'UTC',
    } as const;
    expect(closed({ protection: { ...production.protection, waitMs: 2 * hour } })).toMatchObject({
      kind: 'wait',
      untilMs: 2 * hour,
    });
    expect(closed({ windows: [freeze] })).toMatchObject({ kind: 'wait', untilMs: 9 * hour });
    expect(closed({ windows: [peak] })).toMatchObject({ kind: 'wait', untilMs: 5 * hour });
    expect(closed({ windows: [peak] }, { haste: 'urgent' }).kind).toBe('pass');
    expect(closed({ windows: [freeze] }, { haste: 'urgent' }).kind).toBe('wait');
  });

  test('let a rollback pass without approval, in a freeze, and in a frozen environment', () => {
    const freeze = { kind: 'freeze', fromMs: 0, untilMs: 9 * hour, reason: 'Holidays' } as const;
    const environment = { ...production, windows: [freeze] };
    expect(gates([], { frozen: 'a rollback failed' }, { environment, haste: 'rollback' }).kind).toBe('pass');
    expect(gates([{}], { frozen: 'a rollback failed' })).toMatchObject({ kind: 'refuse' });
  });
});

test('a pattern without stars is the name itself, and its dots are dots', () => {
  expect(matchesRef('v1.0', 'v1.0')).toBe(true);
  expect(matchesRef('v1.0', 'v1x0')).toBe(false);
  expect(matchesRef('**', 'a/b')).toBe(true);
  expect(matchesRef('v?', 'v1')).toBe(true);
});
