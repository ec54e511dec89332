import { describe, expect, test } from 'vitest';
import type { Release } from '../release/release.ts';
import { assessTurn, type Contender } from './assess-turn.ts';
import { type PastDeployment, planUndo } from './plan-undo.ts';

const release = (id: string, ordinal: number): Release => ({
  id,
  ordinal,
  commit: id.repeat(40),
  ref: 'refs/heads/main',
  version: id,
  tag: id,
  createdAtMs: 0,
  components: {},
  evidence: [],
});
const past = (
  id: string,
  ordinal: number,
  outcome: PastDeployment['outcome'] = 'completed',
): PastDeployment => ({
  release: release(id, ordinal),
  outcome,
});

describe('undo', () => {
  test('goes back to the release that completed before, as a rollback', () => {
    expect(planUndo([past('a', 1), past('x', 2, 'rolled-back'), past('b', 3)])).toMatchObject({
      kind: 'deploy',
      release: { id: 'a' },
      haste: 'rollback',
    });
  });

  test('of a rollback is a fresh deployment through all gates', () => {
    expect(planUndo([past('a', 1), past('b', 2), past('a', 1)])).toMatchObject({
      kind: 'deploy',
      release: { id: 'b' },
      haste: 'none',
    });
  });

  test('goes only to what has completed here', () => {
    expect(planUndo([]).kind).toBe('impossible');
    expect(planUndo([past('a', 1)]).kind).toBe('impossible');
    expect(planUndo([past('a', 1), past('x', 2, 'blocked'), past('b', 3)], 'x')).toMatchObject({
      kind: 'impossible',
      reason: expect.stringContaining('x'),
    });
    expect(planUndo([past('a', 1), past('b', 2), past('c', 3)], 'a')).toMatchObject({ release: { id: 'a' } });
  });
});

describe('of several deployments to one environment', () => {
  const queued = (id: string, ordinal: number): Contender => ({
    id,
    ordinal,
    haste: 'none',
    state: { kind: 'queued' },
  });
  const active = (id: string, ordinal: number): Contender => ({
    ...queued(id, ordinal),
    state: { kind: 'gated' },
  });

  test('the newest is admitted when the environment is free, and supersedes the older ones', () => {
    expect(assessTurn([queued('a', 1), queued('b', 2)])).toEqual({
      admitted: 'b',
      superseded: [{ id: 'a', by: 'b' }],
      refused: [],
    });
  });

  test('none is admitted beside another one', () => {
    expect(assessTurn([active('a', 1), queued('b', 2)])).toEqual({
      admitted: null,
      superseded: [{ id: 'a', by: 'b' }],
      refused: [],
    });
  });

  test('an older commit that arrives late is refused', () => {
    expect(assessTurn([active('b', 2), queued('a', 1)])).toEqual({
      admitted: null,
      superseded: [],
      refused: [{ id: 'a', newer: 'b' }],
    });
  });

  test('a rollback that is under way is not given up for a newer release', () => {
    const rollback: Contender = { ...active('a', 1), haste: 'rollback' };
    expect(assessTurn([rollback, queued('c', 3)])).toEqual({ admitted: null, superseded: [], refused: [] });
  });

  test('a rollback is not late, and goes before all', () => {
    const rollback: Contender = { ...queued('a', 1), haste: 'rollback' };
    expect(assessTurn([rollback, queued('c', 3)])).toMatchObject({ admitted: 'a', refused: [] });
    expect(assessTurn([active('b', 2), rollback])).toMatchObject({
      admitted: null,
      refused: [],
      superseded: [{ id: 'b', by: 'a' }],
    });
  });

  test('one that has ended counts no more', () => {
    const ended: Contender = { ...queued('b', 2), state: { kind: 'completed', atMs: 0 } };
    expect(assessTurn([ended, queued('a', 1)]).admitted).toBe('a');
  });
});
