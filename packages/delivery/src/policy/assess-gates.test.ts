import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Environment } from '../config/delivery-config.ts';
import { type DeploymentRequest, planDeployment } from '../plan/plan-deployment.ts';
import { planHash } from '../plan/plan-hash.ts';
import type { Approval } from './approval.ts';
import { assessGates, type GateFacts } from './assess-gates.ts';
import { digest, evidenceOf, hour, next, production, request } from './given-request.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

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
      requestedBy: plan.requestedBy,
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

  test('take the word of who planned what another one asks for, and not that of who asks', () => {
    const planned = { requestedBy: 'alice' };
    expect(gates([{ by: 'alice' }], { requestedBy: 'bob' }, planned).kind).toBe('pass');
    expect(gates([{ by: 'bob' }], { requestedBy: 'bob' }, planned)).toMatchObject({
      kind: 'wait',
      ignored: [{ refusal: 'own-deployment' }],
    });
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
