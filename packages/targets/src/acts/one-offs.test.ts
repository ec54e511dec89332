import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  openFixture,
  processKind,
  type TargetFixture,
  type TargetKind,
} from '../../fixtures/target-fixture.ts';
import { createSupervisorClient } from '../supervisor/supervisor-client.ts';
import type { TargetDeployment } from '../target.ts';
import { oneOffToken } from './one-offs.ts';

const waiting = { timeout: 25_000, interval: 50 };
const stopped = { kind: 'failed', fault: 'definite', reason: 'it was stopped' };

/** Bundles come only when the gate opens. */
function gatedKind(): { kind: TargetKind; fetching: Promise<void>; open(): void } {
  const bundles = processKind();
  const [asked, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const kind: TargetKind = {
    ...bundles,
    async fetchBundle(digest) {
      asked.resolve();
      await gate.promise;
      return bundles.fetchBundle(digest);
    },
  };
  return { kind, fetching: asked.promise, open: gate.resolve };
}

let fixture: TargetFixture;
let gated: ReturnType<typeof gatedKind>;
let deployment: TargetDeployment;
let ran: string;
beforeEach(async () => {
  gated = gatedKind();
  fixture = await openFixture(gated.kind);
  ran = join(fixture.folder, 'ran');
  deployment = await fixture.deployment('r1', { migration: { command: `touch '${ran}'` } });
});
afterEach(() => fixture.close());

const stop = () => fixture.act(deployment, { kind: 'stop-migration', migration: 'm' });

/** How the supervisor says that the migration stands. */
async function standing() {
  const directory = join(fixture.folder, 'state/supervisor');
  const client = createSupervisorClient(directory, { file: 'false', args: [] });
  return client.oneOff(oneOffToken('m', 'migrations'));
}

test('a migration that is stopped while its bundle is fetched never begins', async () => {
  await fixture.target.begin({ token: 'm', task: { kind: 'migrate' }, deployment });
  await gated.fetching;
  expect(await stop()).toEqual({ kind: 'succeeded' });
  gated.open();
  await vi.waitFor(
    async () => expect(await standing()).toMatchObject({ kind: 'ended', reason: 'it was stopped' }),
    waiting,
  );
  expect(existsSync(ran)).toBe(false);
  expect(await fixture.target.inspect('m')).toEqual(stopped);
});

test('a migration that is stopped before the target heard of it never begins, after a crash neither', async () => {
  expect(await stop()).toEqual({ kind: 'succeeded' });
  gated.open();
  await fixture.reopen();
  await fixture.target.begin({ token: 'm', task: { kind: 'migrate' }, deployment });
  expect(await fixture.target.settled('m', 60_000)).toEqual(stopped);
  expect(existsSync(ran)).toBe(false);
});
