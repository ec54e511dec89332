import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  digest,
  evidenceOf,
  job,
  next,
  production,
  request,
  unsigned,
  withEvidence,
} from '../policy/given-request.ts';
import type { Evidence } from '../release/evidence.ts';
import { type DeploymentRequest, planDeployment } from './plan-deployment.ts';
import { planHash } from './plan-hash.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

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
