import { expect, test } from 'vitest';
import { deploymentOf } from './deployments.ts';

test('a plan that was kept before plans named who has proven the gates can still be read', () => {
  const row = {
    id: 1,
    project: 'octo/app',
    environment: 'production',
    release_id: 1,
    run_id: null,
    haste: 'none',
    plan: JSON.stringify({ environment: 'production' }),
    plan_hash: 'a'.repeat(64),
    pinned: 0,
    requested_by: 'carol',
    requested_at: 1,
    state: JSON.stringify({ kind: 'completed', atMs: 2 }),
    state_kind: 'completed',
    version: 3,
    weight: 100,
    waiting: null,
    started_at: 1,
    finished_at: 2,
  } as const;
  expect(deploymentOf(row).plan).toEqual({ environment: 'production', proofs: [] });
});
