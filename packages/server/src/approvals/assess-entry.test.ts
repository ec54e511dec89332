import { describe, expect, test } from 'vitest';
import type { EnvironmentRules } from '../environments/environment-rules.ts';
import type { ApprovalRequest } from './approval-request.ts';
import type { ApprovalStanding } from './assess-approval.ts';
import { asksForRequest, assessEntry, type EntryFacts } from './assess-entry.ts';

const hour = 60 * 60_000;
const protection: EnvironmentRules['protection'] = {
  reviewers: ['alice', 'bob'],
  preventSelfReview: true,
  waitMs: 0,
  branches: ['main', 'release/*'],
  tags: ['v*'],
  approvalLifeMs: hour,
};
const rules = (change: Partial<EnvironmentRules> = {}): EnvironmentRules => ({
  name: 'production',
  protection,
  windows: [],
  onFreeze: 'hold',
  definedIn: ['file'],
  ...change,
});
const asked = (standing: ApprovalStanding, requestedBy = 'octocat'): EntryFacts['asked'] => ({
  request: { id: 7, requestedBy, requestedAt: 0 } as ApprovalRequest,
  standing,
});
const approved = asked({ kind: 'approved', by: 'alice', untilMs: hour });
const enter = (change: Partial<EntryFacts> = {}) =>
  assessEntry({
    rules: rules(),
    ref: 'refs/heads/main',
    asked: approved,
    haste: 'none',
    nowMs: 1_000,
    ...change,
  });

describe('an environment', () => {
  test('lets in what is approved and from where the rules say', () => {
    expect(enter()).toEqual({ kind: 'admit' });
    for (const ref of ['refs/heads/release/2', 'refs/tags/v1']) expect(enter({ ref }).kind).toBe('admit');
    for (const ref of ['refs/heads/mine', 'refs/heads/v1', 'refs/tags/main', 'refs/pull/1/merge']) {
      expect(enter({ ref }), ref).toEqual({
        kind: 'refuse',
        reason: `production takes nothing from ${ref}, only from branch main or branch release/* or tag v*`,
      });
    }
  });

  test('says who has to approve, and when nobody can', () => {
    expect(enter({ asked: asked({ kind: 'pending' }) })).toEqual({
      kind: 'wait',
      reason: 'production needs approval by alice or bob: slipway approve 7',
    });
    expect(enter({ asked: asked({ kind: 'expired' }, 'Alice') })).toMatchObject({
      reason: 'production needs approval by bob: slipway approve 7',
    });
    const lonely = rules({ protection: { ...protection, reviewers: ['alice'] } });
    expect(enter({ rules: lonely, asked: asked({ kind: 'pending' }, 'alice') })).toMatchObject({
      kind: 'wait',
      reason: expect.stringContaining('its only reviewer alice has started the run'),
    });
  });

  test('refuses what is rejected, with the reason, and what nobody has answered', () => {
    const rejected = { kind: 'rejected', by: 'bob' } as const;
    expect(enter({ asked: asked({ ...rejected, comment: 'no' }) })).toMatchObject({
      reason: 'bob rejected it for production: no',
    });
    expect(enter({ asked: asked({ ...rejected, comment: '' }) })).toMatchObject({
      kind: 'refuse',
      reason: 'bob rejected it for production',
    });
    expect(enter({ asked: asked({ kind: 'unanswered' }) }).kind).toBe('refuse');
  });

  test('waits for its timer from when it was first asked, then for freezes and peak hours', () => {
    const timed = rules({ protection: { ...protection, waitMs: hour } });
    expect(enter({ rules: timed })).toEqual({
      kind: 'wait',
      reason: 'production has a wait timer, until 1970-01-01 01:00 UTC',
    });
    expect(enter({ rules: timed, nowMs: hour }).kind).toBe('admit');
    const freeze = { kind: 'freeze', fromMs: 0, untilMs: 9 * hour, reason: 'Holidays' } as const;
    const frozen = rules({ windows: [freeze] });
    expect(enter({ rules: frozen })).toMatchObject({
      kind: 'wait',
      reason: 'production is frozen (Holidays), until 1970-01-01 09:00 UTC',
    });
    // It is asked for all the same.
    expect(enter({ rules: frozen, asked: asked({ kind: 'pending' }) })).toMatchObject({
      reason: expect.stringContaining('needs approval'),
    });
    expect(enter({ rules: frozen, nowMs: 9 * hour }).kind).toBe('admit');
  });

  test('lets what is urgent pass peak hours, and what goes back freezes too, but nobody pass the reviewers', () => {
    const peak = {
      kind: 'peak-hours',
      weekdays: [4],
      fromMinute: 0,
      untilMinute: 300,
      timeZone: 'UTC',
    } as const;
    const freeze = { kind: 'freeze', fromMs: 0, untilMs: hour, reason: 'Holidays' } as const;
    const table = [
      [peak, 'none', 'wait'],
      [peak, 'urgent', 'admit'],
      [freeze, 'urgent', 'wait'],
      [freeze, 'rollback', 'admit'],
    ] as const;
    for (const [window, haste, kind] of table) {
      expect(enter({ rules: rules({ windows: [window] }), haste }).kind, haste).toBe(kind);
    }
    expect(enter({ asked: asked({ kind: 'pending' }), haste: 'rollback' }).kind).toBe('wait');
  });

  test('keeps a request only for reviewers or a timer', () => {
    const free = { ...protection, reviewers: [] };
    expect(asksForRequest(rules())).toBe(true);
    expect(asksForRequest(rules({ protection: { ...free, waitMs: 1 } }))).toBe(true);
    expect(asksForRequest(rules({ protection: free }))).toBe(false);
    expect(enter({ rules: rules({ protection: free }), asked: null }).kind).toBe('admit');
  });
});
