import { randomBytes } from 'node:crypto';
import { chown, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { collectOutput } from '../../processes/collect-output.ts';
import { officialName } from '../image-reference.ts';
import { ServiceError } from '../service-error.ts';
import { materialiseData } from './data-template.ts';
import type { Engine, Installation, PreparedServer, ServiceSetup } from './engine.ts';
import { readMysqlAccounts, setUpStatements } from './mysql-accounts.ts';
import { findMysql, serverProgram } from './mysql-installation.ts';
import { takeOption } from './server-arguments.ts';

const DEFAULT_PORT = 3306;

/**
 * MySQL or MariaDB, each also in place of the other, set up as the official images do it.
 * @see https://github.com/docker-library/mysql and https://github.com/MariaDB/mariadb-docker (docker-entrypoint.sh)
 */
export const mysql: Engine = {
  tool: 'mysql',
  product: 'MySQL or MariaDB',
  dataPaths: ['/var/lib/mysql'],
  serves: (image) =>
    ['mysql', 'mariadb'].includes(officialName(image) ?? '') || image.path === 'mysql/mysql-server',
  find: findMysql,
  refuse: (request) =>
    Object.keys(request.env).some((name) => /^(MYSQL|MARIADB)_.*_FILE$/.test(name))
      ? 'MYSQL_…_FILE names a file of a container'
      : null,
  containerPort: (args) => Number(takeOption([...args], ['-P', '--port']) ?? DEFAULT_PORT),
  prepare,
};

async function prepare(setup: ServiceSetup): Promise<PreparedServer> {
  const { installation, directory, port, addresses, request } = setup;
  const accounts = readMysqlAccounts(setup.env, () => randomBytes(18).toString('base64url'));
  if (accounts.kind === 'invalid') {
    throw new ServiceError('invalid-request', `Service ${request.id}: ${accounts.problem}`);
  }
  if (accounts.generatedPassword) setup.log(`Generated root password: ${accounts.rootPassword}`);
  const data = join(directory, 'data');
  await makeData(setup, data);
  const initFile = join(directory, 'accounts.sql');
  await writeFile(initFile, `${setUpStatements(accounts).join(';\n')};\n`, { mode: 0o600 });
  if (setup.account) await chown(initFile, setup.account.uid, setup.account.gid);
  return {
    command: {
      file: join(installation.binDirectory, serverProgram(installation)),
      args: [
        ...serverSettings(setup, data, { port, addresses }),
        `--init-file=${initFile}`,
        ...ownArguments(setup),
      ],
      cwd: data,
      env: setup.baseEnv,
      account: setup.account,
      stopSignal: 'SIGTERM',
    },
    isReady: () => sendsGreeting(addresses[0]!, port),
    clients: {
      containerPort: mysql.containerPort(setup.args, setup.env),
      port,
      hostName: request.id,
      env: { ...setup.env, MYSQL_TCP_PORT: String(port) },
      programs: clientPrograms(installation, port),
    },
  };
}

/** The clients would take `localhost` for a Unix socket. */
function clientPrograms({ binDirectory, product }: Installation, port: number) {
  const own =
    product === 'MariaDB'
      ? { admin: 'mariadb-admin', shell: 'mariadb' }
      : { admin: 'mysqladmin', shell: 'mysql' };
  const client = (name: string, program: string) => ({
    name,
    command: [clientPath(binDirectory, program), '--protocol=TCP', '--host=127.0.0.1', `--port=${port}`],
    portFlags: ['-P', '--port'],
    hostFlags: ['-h', '--host'],
  });
  return [
    client('mysqladmin', own.admin),
    client('mariadb-admin', own.admin),
    client('mysql', own.shell),
    client('mariadb', own.shell),
    // The MariaDB image's own script; its checks (--connect, --innodb_initialized) come to this.
    {
      ...client('healthcheck.sh', own.admin),
      command: [...client('', own.admin).command, 'ping'],
      ignoreArguments: true,
    },
  ];
}

/** Debian keeps the server in /usr/sbin and its clients in /usr/bin. */
function clientPath(binDirectory: string, program: string): string {
  return basename(binDirectory) === 'sbin'
    ? join(binDirectory, '..', 'bin', program)
    : join(binDirectory, program);
}

/** The data dies with the job, so nothing waits for the disk. No Unix socket: its path is limited to about 100 bytes. */
function serverSettings(
  { installation, directory }: ServiceSetup,
  data: string,
  { port, addresses }: { port: number; addresses: string[] },
): string[] {
  return [
    ...[
      '--no-defaults',
      `--datadir=${data}`,
      `--tmpdir=${directory}`,
      `--pid-file=${join(directory, 'pid')}`,
    ],
    ...[`--port=${port}`, `--bind-address=${bindAddress(installation, addresses)}`, '--socket='],
    ...['--skip-name-resolve', '--skip-log-bin', '--character-set-server=utf8mb4'],
    ...['--innodb-flush-log-at-trx-commit=0', '--innodb-doublewrite=0', INNODB_LOG_SIZE],
    ...(installation.product === 'MySQL' ? ['--mysqlx=OFF'] : []),
  ];
}

// The default of MariaDB is 96 MiB, which would be copied for each service.
const INNODB_LOG_SIZE = '--loose-innodb-log-file-size=16M';

/** Several addresses: MySQL since 8.0.13, MariaDB since 10.11. */
function bindAddress({ product, title, major }: Installation, addresses: string[]): string {
  const minor = Number(title.split('.')[1] ?? 0);
  const several = product === 'MySQL' ? major >= 8 : major > 10 || (major === 10 && minor >= 11);
  return several ? addresses.join(',') : addresses[0]!;
}

/**
 * The words of `command:` without the program's name and without what Slipway decides. When one product stands in for the
 * other, options that it doesn't know (`--default-authentication-plugin`) become warnings in its log.
 */
function ownArguments({ args, image, installation, request, log }: ServiceSetup): string[] {
  const words = /^(mysqld|mariadbd)(_safe)?$/.test(args[0] ?? '') ? args.slice(1) : [...args];
  if (words[0] !== undefined && !words[0].startsWith('-')) {
    throw new ServiceError(
      'invalid-request',
      `Service ${request.id}: command: ${request.command} is not a MySQL server's; only its options are supported without docker.`,
    );
  }
  takeOption(words, ['-P', '--port']);
  const foreign = officialName(image) === 'mysql' && installation.product === 'MariaDB';
  if (!foreign) return words;
  if (words.length > 0)
    log(`${installation.title} ignores those of the options ${words.join(' ')} that only MySQL knows.`);
  return words.map((word) => word.replace(/^--(?!loose-)/, '--loose-'));
}

async function makeData(setup: ServiceSetup, data: string): Promise<void> {
  const { installation, directory, account } = setup;
  await materialiseData({
    templates: setup.templates,
    key: ['mysql', installation.title, installation.binDirectory, account?.uid],
    target: data,
    create: async () => {
      const program = initializer(installation, data, directory);
      const result = await collectOutput({
        ...program,
        input: '',
        cwd: directory,
        env: setup.baseEnv,
        account,
      });
      if (result.status === 0) return;
      throw new ServiceError(
        'start-failed',
        `Service ${setup.request.id}: ${basename(program.file)} of ${installation.title} failed.\n${result.output.trim()}`,
      );
    },
  });
}

function initializer(
  installation: Installation,
  data: string,
  directory: string,
): { file: string; args: string[] } {
  if (installation.product === 'MySQL') {
    return {
      file: join(installation.binDirectory, serverProgram(installation)),
      args: ['--no-defaults', '--initialize-insecure', `--datadir=${data}`, `--tmpdir=${directory}`],
    };
  }
  return {
    file: clientPath(installation.binDirectory, 'mariadb-install-db'),
    args: [
      ...['--no-defaults', `--datadir=${data}`, `--tmpdir=${directory}`, INNODB_LOG_SIZE],
      ...['--auth-root-authentication-method=normal', '--skip-test-db'],
    ],
  };
}

/** The server greets first, and only once its accounts are set up. */
function sendsGreeting(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (ready: boolean) => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(1_000, () => finish(false));
    socket.once('data', () => finish(true));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
  });
}
