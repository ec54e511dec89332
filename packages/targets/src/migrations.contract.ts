import { expect, vi } from 'vitest';
import { definite, succeeded, waiting } from '../fixtures/expected.ts';
import type { TargetFixture } from '../fixtures/target-fixture.ts';

/** What every target does with migrations. */
export function describeMigrations({
  on,
  fixture,
}: {
  on(behaviour: string, body: () => Promise<void>): void;
  fixture(): TargetFixture;
}): void {
  on('migrations run once for their token, through a crash of the controller too', async () => {
    const command = 'echo migrating; sleep 1; echo ran; echo $GREETING';
    const deployment = await fixture().deployment('r1', { migration: { command } });
    await fixture().target.begin({ token: 'm', task: { kind: 'migrate' }, deployment });
    await fixture().reopen();
    await fixture().target.begin({ token: 'm', task: { kind: 'migrate' }, deployment });
    expect(await fixture().target.settled('m', 60_000)).toEqual(succeeded);
    await fixture().target.begin({ token: 'm', task: { kind: 'migrate' }, deployment });
    expect(await fixture().target.settled('m', 60_000)).toEqual(succeeded);
    expect(await fixture().target.output('m')).toBe('migrating\nran\nhello from a variable\n');
  });

  on('a migration that ends with 3, or can not even begin, fails for good, with what it said', async () => {
    const failing = await fixture().deployment('r1', {
      migration: { command: 'echo "no such table" >&2; exit 3' },
    });
    expect(await fixture().act(failing, { kind: 'migrate' })).toEqual(
      definite(/migrations: .*3.*no such table/s),
    );
    const absent = await fixture().deployment('r2', { migration: { command: 'no-such-program' } });
    expect(await fixture().act(absent, { kind: 'migrate' })).toEqual(definite(/migrations: .*127/));
    expect((await fixture().target.observe()).revisions).toEqual([]);
  });

  on('a migration that hangs is stopped, lets the next one run, and is never begun again', async () => {
    const stuck = await fixture().deployment('r1', {
      migration: { command: 'echo waiting; exec sleep 3600' },
    });
    await fixture().target.begin({ token: 'stuck', task: { kind: 'migrate' }, deployment: stuck });
    await vi.waitFor(async () => expect(await fixture().target.output('stuck')).toBe('waiting\n'), waiting);
    const next = await fixture().deployment('r2', { migration: { command: 'true' } });
    expect(await fixture().act(next, { kind: 'migrate' }, 'next')).toMatchObject({
      kind: 'failed',
      fault: 'transient',
    });
    expect(await fixture().act(stuck, { kind: 'stop-migration', migration: 'stuck' })).toEqual(succeeded);
    expect(await fixture().target.settled('stuck', 60_000)).toEqual(definite(/stopped/));
    expect(await fixture().act(next, { kind: 'migrate' }, 'next')).toEqual(succeeded);
  });

  on('a migration component tells what is pending', async () => {
    const pending = `echo '{"name":"1_a","kind":"expand"}'; echo '{"name":"2_b","kind":"contract","unusedFrom":7}'`;
    const asked = await fixture().deployment('r1', { migration: { command: 'true', pending } });
    expect(await fixture().target.pendingMigrations(asked)).toEqual({
      kind: 'known',
      migrations: [
        { kind: 'expand', name: '1_a' },
        { kind: 'contract', name: '2_b', unusedFrom: 7 },
      ],
    });
    const failing = await fixture().deployment('r1', {
      migration: { command: 'true', pending: 'echo no >&2; exit 1' },
    });
    expect(await fixture().target.pendingMigrations(failing)).toEqual({
      kind: 'failed',
      reason: expect.stringMatching(/no$/),
    });
  });
}
