import { expect, vi } from 'vitest';
import { apiOf, definite, shift, succeeded, verify, waiting } from '../fixtures/expected.ts';
import {
  answer,
  type DeploymentChange,
  sendTraffic,
  type TargetFixture,
  type TargetKind,
} from '../fixtures/target-fixture.ts';
import type { TargetDeployment } from './target.ts';

/** What every target does with several instances of a component. */
export function describeInstances({
  on,
  serve,
  fixture,
  kind,
}: {
  on(behaviour: string, body: () => Promise<void>): void;
  serve(revision: string, change?: DeploymentChange): Promise<TargetDeployment>;
  fixture(): TargetFixture;
  kind(): TargetKind;
}): void {
  on('instances are replaced in batches: no request is lost, and there are never too few', async () => {
    const env = { SLOW_MS: '3' };
    await serve('r1', { instances: 3, env });
    const next = await fixture().deployment('r2', { previous: 'r1', instances: 3, env, worker: true });
    const traffic = sendTraffic(await fixture().url());
    const running = async () =>
      (await fixture().target.observe()).revisions.map(({ components }) => components.api!.ready);
    for (const [count, weight] of [
      [1, 33.33],
      [2, 66.67],
    ] as const) {
      const instances = { api: count, worker: 1 };
      expect(await fixture().act(next, { kind: 'place', instances })).toEqual(succeeded);
      expect(await running()).toEqual([4 - count, count]);
      expect(await fixture().act(next, shift(weight))).toEqual(succeeded);
      expect(await fixture().act(next, verify(weight))).toEqual({ kind: 'succeeded', weight });
      expect(await fixture().act(next, { kind: 'scale', percent: 100 - weight })).toEqual(succeeded);
      expect(await running()).toEqual([3 - count, count]);
      const before = traffic.sent;
      await vi.waitFor(() => expect(traffic.sent).toBeGreaterThan(before + 30), waiting);
    }
    // Nothing was started anew.
    for (const { components } of (await fixture().target.observe()).revisions)
      expect(components.api).toMatchObject({ restarts: 0 });
    expect(await fixture().act(next, { kind: 'place' })).toEqual(succeeded);
    expect(await fixture().act(next, shift(100))).toEqual(succeeded);
    expect(await fixture().act(next, { kind: 'retire' })).toEqual(succeeded);
    expect(await running()).toEqual([3]);
    const answers = await traffic.stop();
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(answers.at(-1)!.revision).toBe('r2');
  });

  on(
    'old instances that were ended come back as they were, also when they were ending just then',
    async () => {
      await serve('r1', { instances: 3 });
      const next = await fixture().deployment('r2', { previous: 'r1', instances: 3 });
      expect(await fixture().act(next, { kind: 'place', instances: { api: 2 } })).toEqual(succeeded);
      expect(await fixture().act(next, shift(66.67))).toEqual(succeeded);
      const traffic = sendTraffic(await fixture().url(), 3);
      const down = { token: 'down', task: { kind: 'scale', percent: 33.33 }, deployment: next } as const;
      await fixture().target.begin(down);
      await fixture().reopen();
      expect(await fixture().act(next, { kind: 'scale', percent: 100 })).toEqual(succeeded);
      // Whoever adopts the earlier one after the crash does not undo the later one.
      await vi.waitFor(
        async () => expect((await fixture().target.inspect('down')).kind).not.toBe('running'),
        waiting,
      );
      expect(await fixture().act(next, { kind: 'scale', percent: 100 })).toEqual(succeeded);
      expect(await fixture().act(next, shift(0))).toEqual(succeeded);
      expect(await fixture().act(next, { kind: 'remove' })).toEqual(succeeded);
      const { revisions } = await fixture().target.observe();
      expect(revisions).toMatchObject([{ revision: 'r1', components: { api: { wanted: 3, ready: 3 } } }]);
      expect((await answer(`${await fixture().url()}/hello`)).body).toBe('hello from a variable');
      expect((await traffic.stop()).filter(({ status }) => status !== 200)).toEqual([]);
    },
  );

  on('an old instance that is sick anyway does not keep the others from coming back', async () => {
    await serve('r1', { instances: 3, options: { 'ready-timeout': '5s' } });
    const next = await fixture().deployment('r2', { previous: 'r1', instances: 3 });
    expect(await fixture().act(next, { kind: 'place', instances: { api: 2 } })).toEqual(succeeded);
    expect(await fixture().act(next, shift(66.67))).toEqual(succeeded);
    expect(await fixture().act(next, { kind: 'scale', percent: 33.33 })).toEqual(succeeded);
    expect(await fixture().act(next, shift(0))).toEqual(succeeded);
    expect(await fixture().act(next, { kind: 'remove' })).toEqual(succeeded);
    await kind().suspend(await fixture().url());
    await vi.waitFor(
      async () => expect(apiOf(await fixture().target.observe())).toMatchObject({ wanted: 1, ready: 0 }),
      waiting,
    );
    expect(await fixture().act(next, { kind: 'scale', percent: 100 })).toEqual(succeeded);
    expect(apiOf(await fixture().target.observe()).ready).toBeGreaterThan(1);
  });

  on('a later batch that does not become healthy leaves the instances that have traffic', async () => {
    await serve('r1', { instances: 2 });
    const change = { previous: 'r1', instances: 2, options: { 'ready-timeout': '3s' } };
    const next = await fixture().deployment('r2', change);
    expect(await fixture().act(next, { kind: 'place', instances: { api: 1 } })).toEqual(succeeded);
    expect(await fixture().act(next, shift(50))).toEqual(succeeded);
    const broken = await fixture().deployment('r2', { ...change, env: { BREAK: 'start' } });
    expect(await fixture().act(broken, { kind: 'place' })).toEqual(
      definite(/r2\.api\.2 did not become ready/),
    );
    const seen = [];
    for (let i = 0; i < 4; i++) seen.push((await answer(await fixture().url())).revision);
    expect(seen.toSorted()).toEqual(['r1', 'r1', 'r2', 'r2']);
  });

  on('an instance that ends under traffic loses no request that may be done twice', async () => {
    await serve('r1', { instances: 3, env: { SLOW_MS: '5' } });
    const url = await fixture().url();
    const traffic = sendTraffic(url);
    await vi.waitFor(() => expect(traffic.sent).toBeGreaterThan(30), waiting);
    await kind().crash(url);
    await vi.waitFor(async () => {
      expect(apiOf(await fixture().target.observe())).toMatchObject({ wanted: 3, ready: 3, restarts: 1 });
    }, waiting);
    const before = traffic.sent;
    await vi.waitFor(() => expect(traffic.sent).toBeGreaterThan(before + 30), waiting);
    expect((await traffic.stop()).filter(({ status }) => status !== 200)).toEqual([]);
  });
}
