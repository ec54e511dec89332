import type { DeploymentPlan, Digest, PlacedComponent } from '@slipway/delivery';
import type { RunningState } from '@slipway/targets';
import { expect, test } from 'vitest';
import { type DeploymentRow, revisionOf } from '../deployments.ts';
import { driftOf } from './look-for-drift.ts';

const digest: Digest = `sha256:${'a'.repeat(64)}`;
const api: PlacedComponent = { role: 'service', options: { instances: 3 }, artifact: { digest } };
const plan = { release: { tag: 'v1' }, placement: { components: { api } } } as unknown as DeploymentPlan;
const deployment = { id: 7, plan } as DeploymentRow;

const running = (ready: number, wanted: number): RunningState => ({
  testTraffic: null,
  revisions: [
    {
      revision: revisionOf(deployment),
      weight: 100,
      components: { api: { digest, wanted, ready, restarts: 0 } },
    },
  ],
});

test('fewer healthy instances than were planned are drift, also when the target wants no more', () => {
  expect(driftOf(deployment, running(3, 3))).toEqual([]);
  expect(driftOf(deployment, running(2, 3))).toEqual(['api has 2 healthy instances of 3.']);
  expect(driftOf(deployment, running(1, 1))).toEqual(['api has 1 healthy instances of 3.']);
});
