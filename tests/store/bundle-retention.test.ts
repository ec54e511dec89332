import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { SlipwayError } from '@slipway/contracts/errors';
import { keepBundle, missingBundles, openFileBlobStore, tidyBundles } from '@slipway/server/delivery';
import type { Store } from '@slipway/server/store';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { storeKinds, type TestStore } from './stores.ts';

const dayMs = 24 * 60 * 60_000;

describe.each(storeKinds)('bundles on $name', ({ unavailable, create }) => {
  let kind: TestStore;
  let store: Store;
  let blobs: Awaited<ReturnType<typeof openFileBlobStore>>;
  let directory: string;
  let project: string;
  let projects = 0;
  const clock = { now: Date.parse('2026-03-02T00:00:00Z') };

  beforeAll(async () => {
    if (unavailable !== null) return;
    directory = mkdtempSync(path.join(os.tmpdir(), 'slipway-bundles-'));
    kind = await create();
    store = await kind.open();
    blobs = await openFileBlobStore(directory);
  });
  beforeEach((context) => {
    if (unavailable !== null) context.skip(unavailable);
    projects += 1;
    project = `octo/app-${projects}`;
  });
  afterAll(async () => {
    await kind?.close();
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  });

  const bundles = () => ({ store, blobs, now: () => clock.now });
  const rules = (more = {}) => ({
    project,
    retentionDays: 30,
    rollbackReleases: 1,
    quotaBytes: 1_000_000,
    ...more,
  });

  /** Of a hundred bytes. */
  async function keep(name: string, more?: ReturnType<typeof rules>): Promise<string> {
    const bytes = `${project} ${name}`.padEnd(100, '.');
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    await keepBundle(bundles(), { project, digest, body: Readable.from([Buffer.from(bytes)]) }, more);
    return digest;
  }

  async function release(digest: string, runId: number | null = null): Promise<number> {
    const { id } = await store
      .insertInto('release')
      .values({
        project,
        commit_sha: 'c'.repeat(40),
        ordinal: 1,
        ref: 'refs/heads/main',
        version: 'v1',
        tag: digest,
        components: JSON.stringify({ api: { digest } }),
        described: '{}',
        evidence: '[]',
        created_by: 'carol',
        run_id: runId,
        created_at: clock.now,
        committed_at: clock.now,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }

  async function deploy(releaseId: number, state: 'completed' | 'rolled-back' | 'gated'): Promise<void> {
    clock.now += 1;
    await store
      .insertInto('deployment')
      .values({
        project,
        environment: 'production',
        release_id: releaseId,
        haste: 'none',
        plan: '{}',
        plan_hash: '',
        pinned: 0,
        requested_by: 'carol',
        requested_at: clock.now,
        state: JSON.stringify({ kind: state }),
        state_kind: state,
        version: 0,
        finished_at: state === 'gated' ? null : clock.now,
      })
      .execute();
  }

  const missing = (...digests: string[]) => missingBundles(store, project, digests);

  test('what an environment serves, could go back to or waits for stays; the rest goes with its bytes', async () => {
    const serving = await keep('serving');
    const before = await keep('before');
    const old = await keep('old');
    const failed = await keep('failed');
    const waiting = await keep('waiting');
    const loose = await keep('loose');
    await deploy(await release(old), 'completed');
    await deploy(await release(before), 'completed');
    await deploy(await release(failed), 'rolled-back');
    await deploy(await release(serving), 'completed');
    await deploy(await release(waiting), 'gated');
    clock.now += 30 * dayMs - 1_000;
    await tidyBundles(bundles(), rules());
    expect(await missing(old, failed, loose)).toEqual([]);
    clock.now += 1_000;
    await tidyBundles(bundles(), rules());
    expect(await missing(serving, before, old, failed, waiting, loose)).toEqual([old, failed, loose]);
    expect(existsSync(blobs.fileOf(old))).toBe(false);
    expect(existsSync(blobs.fileOf(before))).toBe(true);
  });

  test('while the bytes of a bundle are taken over, others use the store', async () => {
    const digest = await keep('taken over');
    const busy: typeof blobs = {
      ...blobs,
      async adopt(file) {
        expect(await missing(digest)).toEqual([]);
        return blobs.adopt(file);
      },
    };
    const bytes = Buffer.from('long');
    const other = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    await keepBundle({ ...bundles(), blobs: busy }, { project, digest: other, body: Readable.from([bytes]) });
    expect(await missing(other)).toEqual([]);
  });

  test('what a run that is not finished has released stays until it is', async () => {
    const digest = await keep('of a run');
    const { id } = await store
      .insertInto('run')
      .values({
        project,
        event_id: 1,
        event: 'push',
        ref: 'refs/heads/main',
        sha: 'c'.repeat(40),
        actor: 'carol',
        workflow_path: 'ci.yml',
        workflow_name: 'ci',
        name: 'ci',
        number: projects,
        priority: 0,
        attempt: 1,
        status: 'in_progress',
        created_at: clock.now,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await release(digest, id);
    clock.now += 31 * dayMs;
    await tidyBundles(bundles(), rules());
    expect(await missing(digest)).toEqual([]);
    await store.updateTable('run').set({ status: 'completed' }).where('id', '=', id).execute();
    await tidyBundles(bundles(), rules());
    expect(await missing(digest)).toEqual([digest]);
  });

  test('the quota takes those that were needed longest ago, and refuses what does not fit beside the rest', async () => {
    const serving = await keep('serving');
    await deploy(await release(serving), 'completed');
    const old = await keep('old');
    clock.now += dayMs;
    const newer = await keep('newer');
    clock.now += dayMs;
    const quota = rules({ quotaBytes: 300 });
    const fresh = await keep('fresh', quota);
    expect(await missing(serving, old, newer, fresh)).toEqual([old]);
    const another = await keep('another', quota);
    expect(await missing(serving, newer, fresh, another)).toEqual([newer]);
    await expect(keep('too much', quota)).rejects.toMatchObject({
      code: 'over-quota',
      message: expect.stringContaining('300 B of the 300 B'),
    } satisfies Partial<SlipwayError>);
    expect(await missing(serving, fresh, another)).toEqual([]);
    await expect(keep('another', quota)).resolves.toBe(another);
  });

  test('a bundle that is uploaded again is as young as a new one', async () => {
    const digest = await keep('again');
    clock.now += 29 * dayMs;
    await keep('again');
    clock.now += 2 * dayMs;
    await tidyBundles(bundles(), rules());
    expect(await missing(digest)).toEqual([]);
  });
});
