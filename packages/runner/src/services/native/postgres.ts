import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { officialName } from '../image-reference.ts';
import { ServiceError } from '../service-error.ts';
import type { Engine, PreparedServer, ServiceSetup } from './engine.ts';
import { extensionOf, makePostgresData } from './postgres-data.ts';
import { findPostgres, hasExtension } from './postgres-installation.ts';
import { takeOption } from './server-arguments.ts';

const DEFAULT_PORT = 5432;

/**
 * PostgreSQL as the official image sets it up: POSTGRES_USER is superuser, POSTGRES_DB exists, TCP wants the password.
 * Also in place of `postgis/postgis` and `pgvector/pgvector` where the machine has the extension.
 * @see https://github.com/docker-library/postgres/blob/master/docker-entrypoint.sh
 */
export const postgres: Engine = {
  tool: 'postgresql',
  product: 'PostgreSQL',
  dataPaths: ['/var/lib/postgresql', '/var/lib/postgresql/data'],
  serves: (image) => extensionOf(image) !== null || officialName(image) === 'postgres',
  find: findPostgres,
  refuse(request, image, installation) {
    const extension = extensionOf(image);
    if (extension && !hasExtension(installation, extension.control)) {
      return `${image.text} has the extension ${extension.control}, which ${installation.title} of this machine lacks`;
    }
    if (
      request.env.POSTGRES_PASSWORD_FILE ||
      request.env.POSTGRES_USER_FILE ||
      request.env.POSTGRES_DB_FILE
    ) {
      return 'POSTGRES_…_FILE names a file of a container';
    }
    return null;
  },
  containerPort: (args, env) =>
    Number(takeOption([...args], ['-p', '--port', '-c port']) ?? env.PGPORT ?? DEFAULT_PORT),
  prepare,
};

async function prepare(setup: ServiceSetup): Promise<PreparedServer> {
  const { env, installation, directory, account, port, addresses } = setup;
  const user = env.POSTGRES_USER || 'postgres';
  const method = env.POSTGRES_HOST_AUTH_METHOD || 'scram-sha-256';
  if (!env.POSTGRES_PASSWORD && method !== 'trust') {
    throw new ServiceError(
      'invalid-request',
      `Service ${setup.request.id} sets no POSTGRES_PASSWORD: the image refuses to start without it. ` +
        'Set it under env:, or POSTGRES_HOST_AUTH_METHOD: trust.',
    );
  }
  const data = join(directory, 'data');
  await makePostgresData(setup, { data, user, method });
  const args = setup.args[0] === 'postgres' ? setup.args.slice(1) : [...setup.args];
  takeOption(args, ['-p', '--port', '-c port']);
  return {
    command: {
      file: join(installation.binDirectory, 'postgres'),
      args: ['-D', data, ...serverSettings(port, addresses), ...args],
      cwd: data,
      env: setup.baseEnv,
      account,
      stopSignal: 'SIGINT',
    },
    isReady: async () => isReady(data),
    clients: {
      containerPort: postgres.containerPort(setup.args, env),
      port,
      hostName: setup.request.id,
      env: clientEnvironment(env, port),
      programs: ['pg_isready', 'psql', 'pg_dump', 'createdb'].map((name) => ({
        name,
        command: [join(installation.binDirectory, name)],
        portFlags: ['-p', '--port'],
        hostFlags: ['-h', '--host'],
      })),
    },
  };
}

/**
 * The data dies with the job, so nothing waits for the disk (see docs/decisions/0060). No Unix socket: its path is limited to
 * about 100 bytes, and on GitHub the container's can't be reached either. Shared memory is kept in the data directory,
 * where a killed server leaves nothing behind.
 */
function serverSettings(port: number, addresses: string[]): string[] {
  const settings = {
    port,
    listen_addresses: addresses.join(','),
    unix_socket_directories: '',
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    dynamic_shared_memory_type: 'mmap',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** PostgreSQL's own word, which `pg_ctl` waits for too: the eighth line of `postmaster.pid`. */
function isReady(data: string): boolean {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

/**
 * What `docker exec` finds in the container. The user there is root and its connections are trusted; here the password is
 * given instead. PGUSER stays root, so that a command without `-U` fails here as it does on GitHub.
 */
function clientEnvironment(env: Record<string, string>, port: number): Record<string, string> {
  return {
    PGUSER: 'root',
    ...(env.POSTGRES_PASSWORD && { PGPASSWORD: env.POSTGRES_PASSWORD }),
    ...env,
    PGHOST: '127.0.0.1',
    PGPORT: String(port),
  };
}
