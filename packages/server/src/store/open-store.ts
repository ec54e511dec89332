import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Kysely, Migrator } from 'kysely';
import { up as artifactsAndCaches } from './migrations/0001-artifacts-and-caches.ts';
import { up as jobs } from './migrations/0002-jobs.ts';
import { up as runs } from './migrations/0003-runs.ts';
import { up as server } from './migrations/0010-server.ts';
import { up as audit } from './migrations/0011-audit.ts';
import { up as identity } from './migrations/0012-identity.ts';
import { up as secretsAndEnvironments } from './migrations/0013-secrets-and-environments.ts';
import { up as githubApi } from './migrations/0014-github-api.ts';
import { up as pullRequests } from './migrations/0015-pull-requests.ts';
import { up as delivery } from './migrations/0016-delivery.ts';
import { up as keptJobsAndOidc } from './migrations/0017-kept-jobs-and-oidc.ts';
import { up as receivedPushes } from './migrations/0018-received-pushes.ts';
import { up as bundleUseAndAttestations } from './migrations/0022-bundle-use-and-attestations.ts';
import type { Tables } from './schema.ts';

export type Store = Kysely<Tables>;

/** Where the tables are: a file of this machine, or a PostgreSQL database that several servers share. */
export type StoreLocation = { kind: 'sqlite'; file: string } | { kind: 'postgres'; url: string };

/** Forward only: a name that was released is never changed. */
const migrations = {
  '0001-artifacts-and-caches': { up: artifactsAndCaches },
  '0002-jobs': { up: jobs },
  '0003-runs': { up: runs },
  '0010-server': { up: server },
  '0011-audit': { up: audit },
  '0012-identity': { up: identity },
  '0013-secrets-and-environments': { up: secretsAndEnvironments },
  '0017-kept-jobs-and-oidc': { up: keptJobsAndOidc },
  '0014-github-api': { up: githubApi },
  '0015-pull-requests': { up: pullRequests },
  '0018-received-pushes': { up: receivedPushes },
  '0016-delivery': { up: delivery },
  '0022-bundle-use-and-attestations': { up: bundleUseAndAttestations },
};

/**
 * Opens the store, creating the file and applying what is missing of the schema. Safe when several processes do it at once.
 * @throws Error if it cannot be reached, is not a database or was written by a newer Slipway.
 */
export async function openStore(location: StoreLocation): Promise<Store> {
  const store = new Kysely<Tables>({ dialect: await dialectOf(location) });
  const migrator = new Migrator({ db: store, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    await store.destroy();
    const where = location.kind === 'sqlite' ? location.file : 'in PostgreSQL';
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot open the store ${where}: ${reason}`, { cause: error });
  }
  return store;
}

/** Each driver is loaded only where it is used: start-up time. */
async function dialectOf(location: StoreLocation) {
  if (location.kind === 'postgres') return (await import('./postgres.ts')).postgresDialect(location.url);
  mkdirSync(path.dirname(location.file), { recursive: true });
  return (await import('./node-sqlite.ts')).nodeSqliteDialect(location.file);
}
