import { spawn, spawnSync } from 'node:child_process';
import { chownSync, globSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openStore, type Store, type StoreLocation } from '@slipway/server/store';

export interface TestStore {
  location: StoreLocation;
  /** A connection of its own, as another server would have. */
  open(): Promise<Store>;
  close(): Promise<void>;
}

/** Each kind of store that the contract holds for; `unavailable` is why it can't be had here. */
export const storeKinds = [
  { name: 'SQLite', unavailable: null, create: sqliteStore },
  { name: 'PostgreSQL', unavailable: postgresUnavailable(), create: postgresStore },
] as const;

async function sqliteStore(): Promise<TestStore> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'slipway-store-'));
  const location: StoreLocation = { kind: 'sqlite', file: path.join(directory, 'slipway.db') };
  return testStore(location, () => rm(directory, { recursive: true, force: true }));
}

/** A PostgreSQL server of the test's own: its data directory, its port, ended with the test. */
async function postgresStore(): Promise<TestStore> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'slipway-postgres-'));
  const account = serverAccount();
  if (account !== null) chownSync(directory, account.uid, account.gid);
  const data = path.join(directory, 'data');
  const options = { ...account, cwd: directory };
  const made = spawnSync(
    postgresProgram('initdb') ?? 'initdb',
    ['-D', data, '-U', 'slipway', '-A', 'trust', '--no-sync', '--no-instructions'],
    { ...options, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const server = spawn(
    postgresProgram('postgres') ?? 'postgres',
    ['-D', data, '-p', String(port), '-k', directory, '-h', '127.0.0.1', '-c', 'max_connections=60'],
    { ...options, stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const location: StoreLocation = {
    kind: 'postgres',
    url: `postgres://slipway@127.0.0.1:${port}/postgres`,
  };
  await firstAnswer(location, ended);
  return testStore(location, async () => {
    server.kill('SIGINT');
    await ended;
    await rm(directory, { recursive: true, force: true });
  });
}

function testStore(location: StoreLocation, remove: () => Promise<void>): TestStore {
  const opened: Store[] = [];
  return {
    location,
    async open() {
      const store = await openStore(location);
      opened.push(store);
      return store;
    },
    async close() {
      await Promise.all(opened.map((store) => store.destroy()));
      await remove();
    },
  };
}

async function firstAnswer(location: StoreLocation, ended: Promise<unknown>): Promise<void> {
  const gone = ended.then(() => Promise.reject(new Error('PostgreSQL ended while it started')));
  for (let tries = 0; ; tries += 1) {
    try {
      await (await Promise.race([openStore(location), gone])).destroy();
      gone.catch(() => {});
      return;
    } catch (error) {
      if (tries > 300) throw error;
      await Promise.race([delay(100), gone]);
    }
  }
}

function postgresUnavailable(): string | null {
  if (postgresProgram('initdb') === null) return 'PostgreSQL is not installed';
  if (process.getuid?.() === 0 && serverAccount() === null)
    return 'PostgreSQL refuses root and has no account here';
  return null;
}

function postgresProgram(name: string): string | null {
  const found = globSync(`/usr/lib/postgresql/*/bin/${name}`).toSorted().at(-1);
  if (found !== undefined) return found;
  return spawnSync(name, ['--version']).status === 0 ? name : null;
}

/** Root lends the server the account that Debian's package made; others run it as themselves (null). */
function serverAccount(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const ids = ['-u', '-g'].map((flag) => spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  const [uid, gid] = ids.map(({ status, stdout }) => (status === 0 ? Number(stdout) : null));
  return uid == null || gid == null ? null : { uid, gid };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
