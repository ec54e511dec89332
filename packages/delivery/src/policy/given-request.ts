import type { Environment } from '../config/delivery-config.ts';
import { type DeploymentRequest, planDeployment } from '../plan/plan-deployment.ts';
import type { Evidence, Statement } from '../release/evidence.ts';
import type { Release } from '../release/release.ts';

/** For tests: the second release is to go to production, and nothing keeps it. */

export const hour = 60 * 60_000;
export const digest = (letter: string) => `sha256:${letter.repeat(64)}` as const;

export const job: Statement = {
  kind: 'job',
  runId: 7,
  attempt: 1,
  job: 'build',
  workflow: '.github/workflows/build.yml',
  ref: 'refs/heads/main',
  commit: 'b'.repeat(40),
  url: 'https://ci.example/octo/app/actions/runs/7',
};
export const unsigned = (letter: string): Evidence[] => [
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
export const evidenceOf = (letter: string) => unsigned(letter).map((one) => ({ ...one, statedBy: job }));
export const releaseOf = (letter: string, ordinal: number): Release => ({
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
export const production: Environment = {
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
export const current = releaseOf('a', 1);
export const next = releaseOf('b', 2);
export const request: DeploymentRequest = {
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
export const codes = (change: Partial<DeploymentRequest>) =>
  planDeployment({ ...request, ...change }).findings.map(({ code }) => code);
export const withEvidence = (evidence: Evidence[]) => codes({ release: { ...next, evidence } });
