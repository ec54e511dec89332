import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { definite, succeeded } from '../../fixtures/expected.ts';
import { openFixture, processKind, type TargetFixture } from '../../fixtures/target-fixture.ts';

const waiting = { timeout: 25_000, interval: 50 };

let fixture: TargetFixture;
beforeEach(async () => {
  fixture = await openFixture(processKind());
});
afterEach(() => fixture.close());

test('a revision that is taken away while it is placed stays away', async () => {
  const slow = await fixture.deployment('r1', { env: { BREAK: 'health' }, worker: true });
  await fixture.target.begin({ token: 'placing', task: { kind: 'place' }, deployment: slow });
  await vi.waitFor(
    async () => expect((await fixture.target.observe()).revisions).toMatchObject([{ revision: 'r1' }]),
    waiting,
  );
  expect(await fixture.act(slow, { kind: 'remove' })).toEqual(succeeded);
  expect(await fixture.target.settled('placing', 50_000)).toEqual(definite(/taken away meanwhile/));
  expect(await fixture.target.observe()).toEqual({ revisions: [], testTraffic: null });
}, 90_000);

test('one that is not ready by the deadline of the step is not waited for, and says what it said', async () => {
  const slow = await fixture.deployment('r1', {
    options: { command: 'echo warming up; exec sleep 3600', 'ready-timeout': '1h' },
  });
  const limits = { ...slow.limits, progressDeadlineMs: 1_000 };
  expect(await fixture.act({ ...slow, limits }, { kind: 'place' })).toEqual(
    definite(/r1\.api\.1 did not become ready: .* after 1000 ms\nwarming up/s),
  );
}, 90_000);
