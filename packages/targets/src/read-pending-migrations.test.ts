import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFixture, processKind, type TargetFixture } from '../fixtures/target-fixture.ts';

let fixture: TargetFixture;
beforeEach(async () => {
  fixture = await openFixture(processKind());
});
afterEach(() => fixture.close());

async function ask(pending: string) {
  const deployment = await fixture.deployment('r1', { migration: { command: 'true', pending } });
  return fixture.target.pendingMigrations(deployment);
}

test('a component that can not say what is pending is told with how its command ended and what it said', async () => {
  const failed = (reason: string) => ({ kind: 'failed', reason });
  expect(await ask('echo no database >&2; exit 2')).toEqual(
    failed("migrations can't say what is pending: its command ended with 2\nno database"),
  );
  expect(await ask('kill -9 $$')).toEqual(
    failed("migrations can't say what is pending\nit was ended by SIGKILL"),
  );
  expect(await ask('echo much')).toEqual(
    failed('“much” tells of no migration: print {"name","kind","unusedFrom"}'),
  );
  expect(await ask('true')).toEqual({ kind: 'known', migrations: [] });
});
