import { join } from 'node:path';
import type { Digest } from '@slipway/delivery';
import { afterEach, beforeEach, describe, expect, type TestContext, test, vi } from 'vitest';
import { apiOf, definite, shift, succeeded, verify, waiting } from '../fixtures/expected.ts';
import {
  answer,
  openFixture,
  sendTraffic,
  type TargetFixture,
  type TargetKind,
} from '../fixtures/target-fixture.ts';
import { callDaemon } from './daemon/control-client.ts';
import { socketPath } from './daemon/socket-path.ts';
import { describeInstances } from './instances.contract.ts';
import { describeMigrations } from './migrations.contract.ts';
import { edgeDirectoryOf } from './open-target.ts';

/** What every target does, with real processes and real traffic. `prepare` gives the kind, or why it can't be had here. */
export function describeTarget(name: string, prepare: () => Promise<TargetKind | { skip: string }>): void {
  describe(name, { timeout: 120_000 }, () => {
    let kind: TargetKind;
    let fixture: TargetFixture;
    let reason: string | undefined;

    beforeEach(async () => {
      const prepared = await prepare();
      if ('skip' in prepared) {
        reason = prepared.skip;
        return;
      }
      kind = prepared;
      fixture = await openFixture(kind);
    }, 300_000);
    afterEach(async () => {
      if (reason === undefined) await fixture.close();
    }, 120_000);

    const on = (behaviour: string, body: () => Promise<void>) =>
      test(behaviour, async (context: TestContext) => {
        if (reason !== undefined) context.skip(reason);
        await body();
      });

    async function serve(revision: string, change = {}) {
      const deployment = await fixture.deployment(revision, change);
      expect(await fixture.act(deployment, { kind: 'place' })).toEqual(succeeded);
      expect(await fixture.act(deployment, shift(100))).toEqual(succeeded);
      expect(await fixture.act(deployment, verify(100))).toEqual({ kind: 'succeeded', weight: 100 });
      return deployment;
    }

    describeInstances({ on, serve, fixture: () => fixture, kind: () => kind });
    describeMigrations({ on, fixture: () => fixture });

    on(
      'a release is placed, tried on test traffic, gets all traffic, and takes the place of the one before',
      async () => {
        await serve('r1');
        const next = await fixture.deployment('r2', {
          previous: 'r1',
          worker: true,
          smoke:
            'test "$(curl -s $BASE_URL/hello)" = "hello from a variable" && echo "smoked $SLIPWAY_REVISION"',
        });
        expect(await fixture.act(next, { kind: 'resolve' })).toEqual(succeeded);
        expect(await fixture.act(next, { kind: 'place' })).toEqual(succeeded);
        expect((await answer(await fixture.url())).revision).toBe('r1');
        expect((await answer(await fixture.url('test'))).revision).toBe('r2');
        expect(await fixture.act(next, { kind: 'smoke', on: 'test-traffic' }, 'r2.smoke')).toEqual(succeeded);
        expect(await fixture.target.output('r2.smoke')).toBe('smoked r2\n');
        expect(await fixture.act(next, shift(100))).toEqual(succeeded);
        expect(await fixture.act(next, verify(100))).toEqual({ kind: 'succeeded', weight: 100 });
        expect(await fixture.act(next, { kind: 'retire' })).toEqual(succeeded);
        expect((await answer(await fixture.url())).revision).toBe('r2');
        const { revisions } = await fixture.target.observe();
        expect(revisions.map(({ revision, weight }) => [revision, weight])).toEqual([['r2', 100]]);
        expect(revisions[0]!.components).toMatchObject({
          api: { digest: next.placement.components.api!.artifact.digest, wanted: 1, ready: 1, restarts: 0 },
          worker: { wanted: 1, ready: 1 },
        });
      },
    );

    on(
      'weights hold exactly, and no request is lost while they change and the old revision retires',
      async () => {
        await serve('r1', { instances: 2, env: { SLOW_MS: '3' } });
        const next = await fixture.deployment('r2', { previous: 'r1', instances: 2, env: { SLOW_MS: '3' } });
        expect(await fixture.act(next, { kind: 'place' })).toEqual(succeeded);
        const traffic = sendTraffic(await fixture.url());
        for (const weight of [10, 50, 100]) {
          expect(await fixture.act(next, shift(weight))).toEqual(succeeded);
          expect(await fixture.act(next, verify(weight))).toEqual({ kind: 'succeeded', weight });
          const before = traffic.sent;
          await vi.waitFor(() => expect(traffic.sent).toBeGreaterThan(before + 60), waiting);
        }
        expect(await fixture.act(next, { kind: 'retire' })).toEqual(succeeded);
        const after = traffic.sent;
        await vi.waitFor(() => expect(traffic.sent).toBeGreaterThan(after + 30), waiting);
        const answers = await traffic.stop();
        expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
        expect(answers.at(-1)!.revision).toBe('r2');
      },
    );

    on(
      'a revision that does not become healthy fails to be placed, leaves nothing, and never has traffic',
      async () => {
        await serve('r1');
        const bad = await fixture.deployment('r2', {
          previous: 'r1',
          env: { BREAK: 'health' },
          options: { 'ready-timeout': '2s' },
        });
        expect(await fixture.act(bad, { kind: 'place' })).toEqual(
          definite(/r2\.api\.1 did not become ready.*503/s),
        );
        const crashing = await fixture.deployment('r3', { previous: 'r1', env: { BREAK: 'start' } });
        expect(await fixture.act(crashing, { kind: 'place' })).toEqual(
          definite(/r3\.api\.1 did not become ready/),
        );
        for (const deployment of [bad, crashing]) {
          expect(await fixture.act(deployment, shift(0))).toEqual(succeeded);
          expect(await fixture.act(deployment, verify(0))).toEqual({ kind: 'succeeded', weight: 0 });
          expect(await fixture.act(deployment, { kind: 'remove' })).toEqual(succeeded);
        }
        const { revisions, testTraffic } = await fixture.target.observe();
        expect(revisions.map(({ revision }) => revision)).toEqual(['r1']);
        expect(testTraffic).toBe('r1');
        expect((await answer(await fixture.url())).revision).toBe('r1');
      },
    );

    on('going back is weight 0 first, and the revision is removed only then', async () => {
      await serve('r1');
      const next = await fixture.deployment('r2', { previous: 'r1' });
      expect(await fixture.act(next, { kind: 'place' })).toEqual(succeeded);
      expect(await fixture.act(next, shift(30))).toEqual(succeeded);
      const tooEarly = await fixture.act(next, { kind: 'remove' });
      expect(tooEarly).toEqual({
        kind: 'failed',
        fault: 'transient',
        reason: 'r2 still has 30 % of the traffic',
      });
      const traffic = sendTraffic(await fixture.url(), 3);
      expect(await fixture.act(next, shift(0))).toEqual(succeeded);
      expect(await fixture.act(next, verify(0))).toEqual({ kind: 'succeeded', weight: 0 });
      expect(await fixture.act(next, { kind: 'remove' })).toEqual(succeeded);
      expect((await traffic.stop()).filter(({ status }) => status !== 200)).toEqual([]);
      expect((await fixture.target.observe()).revisions.map(({ revision }) => revision)).toEqual(['r1']);
    });

    on('requests that are under way are waited for before a revision goes', async () => {
      await serve('r1');
      const slow = answer(`${await fixture.url()}/slow?ms=1500`);
      const next = await fixture.deployment('r2', { previous: 'r1' });
      expect(await fixture.act(next, { kind: 'place' })).toEqual(succeeded);
      expect(await fixture.act(next, shift(100))).toEqual(succeeded);
      expect(await fixture.act(next, { kind: 'retire' })).toEqual(succeeded);
      expect(await slow).toMatchObject({ status: 200, revision: 'r1', body: 'begun done' });
    });

    on('an act is done once for its token, and known to a controller that comes after a crash', async () => {
      const first = await fixture.deployment('r1');
      expect(await fixture.target.inspect('t.place')).toEqual({ kind: 'unknown' });
      await fixture.target.begin({ token: 't.place', task: { kind: 'place' }, deployment: first });
      await fixture.reopen();
      expect(['running', 'succeeded']).toContain((await fixture.target.inspect('t.place')).kind);
      expect(await fixture.target.settled('t.place', 60_000)).toEqual(succeeded);
      await fixture.target.begin({ token: 't.place', task: { kind: 'place' }, deployment: first });
      expect(await fixture.target.inspect('t.place')).toEqual(succeeded);
      const { revisions } = await fixture.target.observe();
      expect(revisions[0]!.components.api).toMatchObject({ wanted: 1, ready: 1, restarts: 0 });
    });

    on('a smoke test that fails says what it said', async () => {
      const deployment = await fixture.deployment('r1', { smoke: 'echo "expected 200, got 500"; exit 1' });
      expect(await fixture.act(deployment, { kind: 'place' })).toEqual(succeeded);
      expect(await fixture.act(deployment, { kind: 'smoke', on: 'test-traffic' })).toEqual(
        definite(/test traffic.*expected 200, got 500/s),
      );
    });

    on(
      'an artifact that is not there, and options that are wrong, fail before anything changes',
      async () => {
        const digest: Digest = `sha256:${'0'.repeat(64)}`;
        const { artifact } = (await fixture.deployment('r0')).placement.components.api!;
        const unknown = await fixture.deployment('r1', { artifact: { ...artifact, digest } });
        expect(await fixture.act(unknown, { kind: 'resolve' })).toEqual(definite(/sha256:0000/));
        const mistaken = await fixture.deployment('r1', { options: { redy: '/ready', ready: 'ready' } });
        expect(fixture.target.mistakesIn(mistaken.placement).join('\n')).toMatch(
          /components\.api\.options.*redy/s,
        );
        expect(await fixture.act(mistaken, { kind: 'resolve' })).toEqual(
          definite(/components\.api\.options.*redy/s),
        );
        expect((await fixture.target.observe()).revisions).toEqual([]);
      },
    );

    on('an instance that crashes is started again, and counted', async () => {
      await serve('r1', { instances: 2 });
      await kind.crash(await fixture.url());
      await vi.waitFor(async () => {
        expect(apiOf(await fixture.target.observe())).toMatchObject({ wanted: 2, ready: 2, restarts: 1 });
      }, waiting);
      expect((await answer(await fixture.url())).status).toBe(200);
    });

    on(
      'the edge and the supervisor come back by themselves when they are killed, and nothing else is touched',
      async () => {
        await serve('r1');
        const url = await fixture.url();
        const before = await answer(url);
        const state = join(fixture.folder, 'state');
        const edge = socketPath(edgeDirectoryOf(state));
        process.kill((await callDaemon(edge, { path: '/alive' })) as number, 'SIGKILL');
        const after = await vi.waitFor(() => answer(url), waiting);
        expect(after).toMatchObject({ status: 200, revision: 'r1', pid: before.pid });
        const supervisor = socketPath(join(state, 'supervisor'));
        process.kill((await callDaemon(supervisor, { path: '/alive' })) as number, 'SIGKILL');
        expect(await answer(url)).toMatchObject({ status: 200, pid: before.pid });
        await vi.waitFor(async () => {
          expect(apiOf(await fixture.target.observe())).toMatchObject({ ready: 1, restarts: 0 });
        }, waiting);
      },
    );

    on(
      'an instance that does not answer any more, and a weight that somebody else has set, are drift that is seen',
      async () => {
        await serve('r1', { instances: 2, options: { 'check-every': '200ms' } });
        await kind.suspend(await fixture.url());
        await vi.waitFor(
          async () => expect(apiOf(await fixture.target.observe()).ready).toBeLessThan(2),
          waiting,
        );
        await callDaemon(socketPath(edgeDirectoryOf(join(fixture.folder, 'state'))), {
          method: 'PUT',
          path: '/split',
          body: {},
        });
        expect((await fixture.target.observe()).revisions[0]).toMatchObject({ revision: 'r1', weight: 0 });
      },
    );
  });
}
