import { mkdtempSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  environmentVariables,
  listSecrets,
  openSecretVault,
  readCredentials,
  readSecretKeys,
  readSecrets,
  removeSecret,
  rotateSecretKey,
  type Scope,
  type SecretVault,
  setSecret,
} from '@slipway/server/secrets';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withEachStore } from '../store/each-store.ts';

const organization: Scope = { kind: 'organization', owner: 'Octo' };
const project: Scope = { kind: 'project', project: 'octo/app' };
const environment: Scope = { kind: 'environment', project: 'octo/app', environment: 'Production' };
const by = 'alice';

withEachStore('secrets', (under) => {
  let folder: string;
  /** Moves the clock. */
  let ahead = 0;

  beforeEach(async () => {
    ahead = 0;
    folder = mkdtempSync(path.join(tmpdir(), 'slipway-secrets-'));
    for (const table of ['secret', 'secret_key'] as const) await under.store.deleteFrom(table).execute();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const openVault = (given: string[] = [], at = under.store): Promise<SecretVault> =>
    openSecretVault({
      store: at,
      directory: folder,
      given: given.length === 0 ? [] : (readSecretKeys(given.join('\n')) ?? []),
      now: () => Date.now() + ahead,
    });
  const keysOfRows = async () =>
    (await under.store.selectFrom('secret').select('key_id').distinct().execute()).map(
      ({ key_id }) => key_id,
    );
  const keptKeys = async () =>
    JSON.parse(await readFile(path.join(folder, 'secret-keys.json'), 'utf8')).keys.length;
  const keyA = 'a'.repeat(64);
  const keyB = 'b'.repeat(64);

  test('an environment goes before a project, and a project before its organisation', async () => {
    const vault = await openVault();
    await setSecret(vault, { scope: organization, name: 'A', value: 'of octo', by });
    await setSecret(vault, { scope: organization, name: 'B', value: 'of octo', by });
    await setSecret(vault, { scope: project, name: 'B', value: 'of app', by });
    await setSecret(vault, { scope: project, name: 'C', value: 'of app', by });
    await setSecret(vault, { scope: environment, name: 'C', value: 'of production', by });
    expect(await readSecrets(vault, [organization, project, environment])).toEqual({
      A: 'of octo',
      B: 'of app',
      C: 'of production',
    });
    const { secrets } = await environmentVariables(vault, { project: 'Octo/App', environment: 'PRODUCTION' });
    expect(secrets).toEqual({ C: 'of production' });
    await removeSecret(vault, { scope: project, name: 'B', by });
    expect(await readSecrets(vault, [organization, project])).toMatchObject({ B: 'of octo' });
    await expect(removeSecret(vault, { scope: project, name: 'B', by })).rejects.toMatchObject({
      code: 'unknown-secret',
    });
  });

  test('are listed without values, and who set them is in the audit log without values', async () => {
    const vault = await openVault();
    await setSecret(vault, { scope: environment, name: 'KEY', value: 'hush-hush', by: 'bob' });
    const listed = await listSecrets(vault, environment);
    expect(listed).toEqual([{ name: 'KEY', createdAt: expect.any(Number), updatedAt: expect.any(Number) }]);
    const rows = await under.store.selectFrom('audit').selectAll().where('actor', '=', 'bob').execute();
    expect(rows).toMatchObject([
      {
        action: 'secret.set',
        project: 'octo/app',
        subject: 'secret KEY of environment Production',
      },
    ]);
    expect(
      JSON.stringify([rows, await under.store.selectFrom('secret').selectAll().execute()]),
    ).not.toContain('hush');
  });

  test('a sealed value that is put into another row, or changed, is refused', async () => {
    const vault = await openVault();
    await setSecret(vault, { scope: project, name: 'MINE', value: 'low', by });
    await setSecret(vault, { scope: environment, name: 'MINE', value: 'high', by });
    const high = await under.store
      .selectFrom('secret')
      .select('sealed')
      .where('scope', 'like', 'environment:%')
      .executeTakeFirstOrThrow();
    await under.store.updateTable('secret').set(high).where('scope', '=', 'project:octo/app').execute();
    await expect(readSecrets(vault, [project])).rejects.toThrow(/MINE of project:octo\/app cannot be opened/);
  });

  test('the key that Slipway makes is for nobody else to read, and is needed again', async () => {
    await setSecret(await openVault(), { scope: project, name: 'KEY', value: 'value', by });
    const file = path.join(folder, 'secret-keys.json');
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(await readSecrets(await openVault(), [project])).toEqual({ KEY: 'value' });
    const lost = await readFile(file);
    await rm(file);
    await expect(openVault()).rejects.toThrow(/key [0-9a-f]{16}, which is neither in .* nor given/);
    await writeFile(file, lost);
    expect(await readSecrets(await openVault(), [project])).toEqual({ KEY: 'value' });
  });

  test('a key that is given stands in no file, and another takes over when it is put first', async () => {
    const first = await openVault([keyA]);
    await setSecret(first, { scope: project, name: 'KEY', value: 'value', by });
    expect(await readdir(folder)).toEqual([]);
    await expect(openVault([keyB])).rejects.toThrow(/neither in/);
    const second = await openVault([keyB, keyA]);
    expect(await readSecrets(second, [project])).toEqual({ KEY: 'value' });
    expect(await rotateSecretKey(second, by)).toMatchObject({ resealed: 1 });
    expect(await readSecrets(await openVault([keyB]), [project])).toEqual({ KEY: 'value' });
  });

  test('a new key takes over under load: nothing is lost, and the old key goes', async () => {
    const vault = await openVault();
    // Two connections of one process to a file of SQLite would wait for each other.
    const other = await openVault([], under.location.kind === 'sqlite' ? under.store : await under.open());
    const names = Array.from({ length: 40 }, (_, at) => `KEY_${at}`);
    for (const name of names) await setSecret(vault, { scope: project, name, value: `${name}:0`, by });
    const [old = ''] = await keysOfRows();
    let isOver = false;
    const load = [vault, other].map(async (own, half) => {
      for (let round = 1; !isOver; round += 1) {
        for (const name of names.filter((_, at) => at % 2 === half)) {
          await setSecret(own, { scope: project, name, value: `${name}:${round}`, by });
          const values = await readSecrets(own, [project]);
          expect(values[name]).toBe(`${name}:${round}`);
          expect(Object.keys(values)).toHaveLength(names.length);
        }
      }
    });
    for (let at = 0; at < 3; at += 1) await rotateSecretKey(at % 2 === 0 ? vault : other, by);
    isOver = true;
    await Promise.all(load);
    const { keyId } = await rotateSecretKey(vault, by);
    expect(await keysOfRows()).toEqual([keyId]);
    const values = await readSecrets(other, [project]);
    for (const name of names) expect(values[name]).toMatch(new RegExp(`^${name}:\\d+$`));
    // A backup of a moment ago may still need the old ones.
    expect(await keptKeys()).toBe(5);
    ahead = 25 * 60 * 60_000;
    const last = await rotateSecretKey(vault, by);
    expect(await keptKeys()).toBe(2);
    const ids = await under.store.selectFrom('secret_key').select(['id', 'state']).execute();
    expect(ids).toHaveLength(2);
    expect(ids).toContainEqual({ id: last.keyId, state: 'current' });
    expect(ids).toContainEqual({ id: keyId, state: 'retired' });
    expect(ids.map(({ id }) => id)).not.toContain(old);
    expect(await readSecrets(other, [project])).toEqual(values);
  });

  test('a rotation that was killed in the middle leaves everything readable, and the next one ends it', async () => {
    const vault = await openVault();
    for (const name of ['A', 'B', 'C']) await setSecret(vault, { scope: project, name, value: name, by });
    const [old = ''] = await keysOfRows();
    const before = await under.store.selectFrom('secret').selectAll().where('name', '!=', 'A').execute();
    await rotateSecretKey(vault, by);
    // As if it had been killed after the first row: the old key is still in the file and in the table.
    const file = path.join(folder, 'secret-keys.json');
    const { keys } = JSON.parse(await readFile(file, 'utf8'));
    const oldBytes = await vault.ring.find(old);
    keys.push(Buffer.from(oldBytes?.bytes ?? []).toString('base64'));
    await writeFile(file, JSON.stringify({ keys }));
    await under.store
      .insertInto('secret_key')
      .values({ id: old, state: 'retired', created_at: 0, retired_at: 0 })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    for (const { scope, name, ...row } of before) {
      await under.store
        .updateTable('secret')
        .set(row)
        .where('scope', '=', scope)
        .where('name', '=', name)
        .execute();
    }
    const again = await openVault();
    expect(await readSecrets(again, [project])).toEqual({ A: 'A', B: 'B', C: 'C' });
    const { keyId } = await rotateSecretKey(again, by);
    expect(await keysOfRows()).toEqual([keyId]);
    expect(await readSecrets(await openVault(), [project])).toEqual({ A: 'A', B: 'B', C: 'C' });
  });

  test('files in which secrets were kept before are taken in once, whatever a crash leaves', async () => {
    const file = path.join(folder, 'octo', 'app.json');
    const content = JSON.stringify({
      secrets: { deploy_key: 'dk' },
      webhookSecret: 'w'.repeat(16),
      githubToken: 'gt',
    });
    await mkdir(path.dirname(file));
    await writeFile(file, content, { mode: 0o600 });
    await writeFile(`${file}.123.tmp`, 'half');
    await openVault();
    // It was killed before the file was removed.
    await mkdir(path.dirname(file));
    await writeFile(file, content);
    const vault = await openVault();
    expect(await readdir(folder)).toEqual(['secret-keys.json']);
    expect(await readSecrets(vault, [project])).toEqual({ DEPLOY_KEY: 'dk' });
    expect(await readCredentials(vault, 'Octo/App')).toEqual({
      webhookSecret: 'w'.repeat(16),
      githubToken: 'gt',
    });
  });
});

test('keys are read as operators write them', () => {
  const bytes = Buffer.alloc(32, 7);
  const [first, second] = readSecretKeys(`${bytes.toString('base64')}\n  ${'0'.repeat(64)},`) ?? [];
  expect(Buffer.from(first?.bytes ?? [])).toEqual(bytes);
  expect(second?.id).not.toBe(first?.id);
  for (const wrong of ['', 'short', `${'0'.repeat(63)}`, `${bytes.toString('base64')} oops`]) {
    expect(readSecretKeys(wrong), wrong).toBeNull();
  }
});
