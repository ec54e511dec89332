import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { collectOutput } from '../../processes/collect-output.ts';
import { splitCommandLine } from '../../processes/command-line.ts';
import type { ImageReference } from '../image-reference.ts';
import { ServiceError } from '../service-error.ts';
import { materialiseData } from './data-template.ts';
import type { ServiceSetup } from './engine.ts';
import { hasExtension } from './postgres-installation.ts';

interface Extension {
  control: string;
  /** What the image's own set-up creates in the database. */
  created: string[];
}

/** What an image adds to the official one; null for others. */
export function extensionOf(image: ImageReference): Extension | null {
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

/**
 * Makes the data directory: superuser, database and extensions come from a template where there is one, the password and
 * who may connect are this service's own.
 * @throws ServiceError `start-failed` with what PostgreSQL's program said.
 */
export async function makePostgresData(
  setup: ServiceSetup,
  { data, user, method }: { data: string; user: string; method: string },
): Promise<void> {
  await initialise(setup, data, user);
  const rules = ['host all all all', 'host replication all all']
    .map((rule) => `${rule} ${method}\n`)
    .join('');
  await writeOwnFile(setup, join(data, 'pg_hba.conf'), rules);
  const password = setup.env.POSTGRES_PASSWORD;
  if (password) {
    await runSql(setup, data, 'postgres', [`ALTER ROLE ${identifier(user)} PASSWORD ${literal(password)}`]);
  }
}

async function initialise(setup: ServiceSetup, data: string, user: string): Promise<void> {
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
  const result = await collectOutput({
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

/** Debian-based images sort as en_US; in Alpine-based ones musl sorts by code point whatever the locale is called. */
async function chooseLocale(image: ImageReference): Promise<string> {
  const listed = await collectOutput({
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
