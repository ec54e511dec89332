import { readFileSync } from 'node:fs';
import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { splitCommandLine } from '../command-line.ts';
import { type ImageReference, officialName } from '../image-reference.ts';
import { ServiceError } from '../service-error.ts';
import { materialiseData } from './data-template.ts';
import type { Engine, PreparedServer, ServiceSetup } from './engine.ts';
import { findPostgres, hasExtension } from './postgres-installation.ts';
import { runProgram } from './run-program.ts';
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

interface Extension {
  control: string;
  /** What the image's own set-up creates in the database. */
  created: string[];
}

function extensionOf(image: ImageReference): Extension | null {
  if (image.path === 'postgis/postgis') {
    return {
      control: 'postgis',
      created: ['postgis', 'postgis_topology', 'fuzzystrmatch', 'postgis_tiger_geocoder'],
    };
  }
  if (image.path === 'pgvector/pgvector' || image.path === 'ankane/pgvector')
    return { control: 'vector', created: [] };
  return null;
}

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
  await makeData(setup, data, user);
  await configure(setup, data, { user, method });
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

async function makeData(setup: ServiceSetup, data: string, user: string): Promise<void> {
  const { env, installation, directory, image } = setup;
  const database = env.POSTGRES_DB || user;
  const locale = await chooseLocale(image);
  const initArgs = splitCommandLine(env.POSTGRES_INITDB_ARGS ?? '');
  const extensions = (extensionOf(image)?.created ?? []).filter((name) => hasExtension(installation, name));
  await materialiseData({
    templates: setup.templates,
    key: [
      'postgres',
      installation.title,
      installation.binDirectory,
      user,
      database,
      locale,
      initArgs,
      extensions,
      setup.account?.uid,
    ],
    target: data,
    create: async () => {
      // Password authentication in POSTGRES_INITDB_ARGS makes initdb want a password; the real one is set later.
      const passwordFile = await writeOwnFile(setup, join(directory, 'initial-password'), 'unset\n');
      const args = [
        '-D',
        data,
        '-U',
        user,
        '--pwfile',
        passwordFile,
        '--no-sync',
        `--locale=${locale}`,
        '--encoding=UTF8',
      ];
      await runServerProgram(setup, 'initdb', [...args, ...initArgs], '');
      if (database !== 'postgres')
        await runSql(setup, data, 'postgres', [`CREATE DATABASE ${identifier(database)}`]);
      await runSql(
        setup,
        data,
        database,
        extensions.map((name) => `CREATE EXTENSION IF NOT EXISTS ${name}`),
      );
    },
  });
}

async function configure(
  setup: ServiceSetup,
  data: string,
  { user, method }: { user: string; method: string },
): Promise<void> {
  const rules = ['host all all all', 'host replication all all']
    .map((rule) => `${rule} ${method}\n`)
    .join('');
  await writeOwnFile(setup, join(data, 'pg_hba.conf'), rules);
  const password = setup.env.POSTGRES_PASSWORD;
  if (password) {
    await runSql(setup, data, 'postgres', [`ALTER ROLE ${identifier(user)} PASSWORD ${literal(password)}`]);
  }
}

/** Runs statements in PostgreSQL's single-user mode: no server, no port, no password. */
async function runSql(
  setup: ServiceSetup,
  data: string,
  database: string,
  statements: string[],
): Promise<void> {
  if (statements.length === 0) return;
  const args = [
    '--single',
    '-D',
    data,
    '-c',
    'fsync=off',
    '-c',
    'exit_on_error=on',
    '-c',
    'log_checkpoints=off',
    database,
  ];
  await runServerProgram(setup, 'postgres', args, statements.map((statement) => `${statement};\n`).join(''));
}

async function runServerProgram(
  setup: ServiceSetup,
  name: string,
  args: string[],
  input: string,
): Promise<void> {
  const result = await runProgram({
    file: join(setup.installation.binDirectory, name),
    args,
    input,
    cwd: setup.directory,
    env: setup.baseEnv,
    account: setup.account,
  });
  if (result.status === 0) return;
  throw new ServiceError(
    'start-failed',
    `Service ${setup.request.id}: ${name} of ${setup.installation.title} failed.\n${result.output.trim()}`,
  );
}

async function writeOwnFile(setup: ServiceSetup, path: string, content: string): Promise<string> {
  await writeFile(path, content, { mode: 0o600 });
  if (setup.account) await chown(path, setup.account.uid, setup.account.gid);
  return path;
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

/** Debian-based images sort as en_US; in Alpine-based ones musl sorts by code point whatever the locale is called. */
async function chooseLocale(image: ImageReference): Promise<string> {
  const listed = await runProgram({
    file: 'locale',
    args: ['-a'],
    input: '',
    cwd: '/',
    env: { PATH: process.env.PATH ?? '' },
  });
  const available = listed.output.split('\n');
  const wanted = [
    ...(image.tag.includes('alpine') ? [] : ['en_US.utf8', 'en_US.UTF-8']),
    'C.utf8',
    'C.UTF-8',
  ];
  return wanted.find((locale) => available.includes(locale)) ?? 'C';
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Single-user mode ends a statement at the end of a line, so newlines are written as escapes. */
function literal(text: string): string {
  const quoted = text.replaceAll("'", "''");
  if (!/[\r\n]/.test(text)) return `'${quoted}'`;
  const escaped = quoted.replaceAll('\\', '\\\\').replaceAll('\n', '\\000a').replaceAll('\r', '\\000d');
  return `U&'${escaped}'`;
}
