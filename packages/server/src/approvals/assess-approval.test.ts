import type { Protection } from '@slipway/delivery';
import { describe, expect, test } from 'vitest';
import type { ApprovalDecision, ApprovalRequest } from './approval-request.ts';
import { approvalsOfPlan, assessApproval } from './assess-approval.ts';

const hour = 60 * 60_000;
const protection: Protection = {
  reviewers: ['alice', 'Bob'],
  preventSelfReview: true,
  waitMs: 0,
  branches: [],
  tags: [],
  approvalLifeMs: 2 * hour,
};
const binding = { sha: 'abc', workflow: 'w', planHash: 'p' };
const word = (change: Partial<ApprovalDecision> = {}): ApprovalDecision => ({
  verdict: 'approved',
  by: 'alice',
  comment: '',
  at: 0,
  binding,
  bindingHash: 'now',
  ...change,
});
const request = (decisions: ApprovalDecision[], change: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
  id: 1,
  project: 'octo/app',
  environment: 'production',
  subject: { kind: 'run', runId: 7, attempt: 1 },
  binding,
  bindingHash: 'now',
  requestedBy: 'octocat',
  requestedAt: 0,
  askedAt: 0,
  expiresAt: 100 * hour,
  state: decisions.length === 0 ? 'pending' : 'approved',
  decisions,
  ...change,
});
const standing = (one: ApprovalRequest, nowMs = hour) => assessApproval(one, protection, nowMs);

describe('a request for approval', () => {
  test('is pending without a word that counts', () => {
    expect(standing(request([]))).toEqual({ kind: 'pending' });
    expect(standing(request([word({ by: 'mallory' })]))).toEqual({ kind: 'pending' });
    expect(standing(request([word({ by: 'octocat' })]))).toEqual({ kind: 'pending' });
    expect(standing(request([word({ bindingHash: 'before' })]))).toEqual({ kind: 'pending' });
  });

  test('is approved by one reviewer, whatever the case of the name, for as long as the rules say', () => {
    expect(standing(request([word({ by: 'bob' })]))).toEqual({
      kind: 'approved',
      by: 'bob',
      untilMs: 2 * hour,
    });
    expect(standing(request([word()]), 2 * hour - 1).kind).toBe('approved');
    expect(standing(request([word()]), 2 * hour).kind).toBe('expired');
  });

  test('is rejected by one reviewer, before or after another approved', () => {
    const no = word({ verdict: 'rejected', by: 'bob', comment: 'no' });
    for (const words of [[no], [word(), no], [no, word()]]) {
      expect(standing(request(words))).toEqual({ kind: 'rejected', by: 'bob', comment: 'no' });
    }
  });

  test('counts a reviewer who has started it only where the rules allow that', () => {
    const own = request([word({ by: 'alice' })], { requestedBy: 'Alice' });
    expect(assessApproval(own, protection, hour).kind).toBe('pending');
    expect(assessApproval(own, { ...protection, preventSelfReview: false }, hour).kind).toBe('approved');
  });

  test('is unanswered when nobody said a word that counts in time', () => {
    expect(standing(request([]), 100 * hour)).toEqual({ kind: 'unanswered' });
    // It was asked again after the approval had run out, and nobody came.
    expect(standing(request([word()], { state: 'pending' }), 100 * hour)).toEqual({ kind: 'unanswered' });
  });

  test('gives the gates of a deployment the words that bind a plan', () => {
    const without = word({ binding: { ...binding, planHash: null } });
    expect(approvalsOfPlan(request([without, word({ by: 'bob', at: 3 })]))).toEqual([
      { by: 'bob', atMs: 3, planHash: 'p', verdict: 'approved' },
    ]);
  });
});
