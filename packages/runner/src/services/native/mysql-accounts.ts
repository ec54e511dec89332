/** What MYSQL_* and MARIADB_* ask for. */
export interface MysqlAccounts {
  kind: 'ok';
  /** Empty: no password. */
  rootPassword: string;
  generatedPassword: boolean;
  /** Host pattern of root's second account; null: root from localhost only. */
  rootHost: string | null;
  database?: string;
  user?: { name: string; password: string };
}

/**
 * Reads the images' environment; MARIADB_X counts before MYSQL_X, as in the MariaDB image.
 * @see https://github.com/MariaDB/mariadb-docker/blob/master/docker-entrypoint.sh
 */
export function readMysqlAccounts(
  env: Record<string, string>,
  generatePassword: () => string,
): MysqlAccounts | { kind: 'invalid'; problem: string } {
  const read = (name: string) => env[`MARIADB_${name}`] || env[`MYSQL_${name}`] || '';
  const given = read('ROOT_PASSWORD');
  const random = read('RANDOM_ROOT_PASSWORD') !== '';
  const empty = read('ALLOW_EMPTY_PASSWORD') !== '' || read('ALLOW_EMPTY_ROOT_PASSWORD') !== '';
  if (!given && !random && !empty) {
    return {
      kind: 'invalid',
      problem:
        'none of MYSQL_ROOT_PASSWORD, MYSQL_ALLOW_EMPTY_PASSWORD and MYSQL_RANDOM_ROOT_PASSWORD is set: ' +
        'the image refuses to start without one. Set it under env:.',
    };
  }
  if (read('USER') === 'root') {
    return {
      kind: 'invalid',
      problem: 'MYSQL_USER must not be root: set MYSQL_ROOT_PASSWORD for root and leave MYSQL_USER out.',
    };
  }
  const rootHost = read('ROOT_HOST') || '%';
  return {
    kind: 'ok',
    rootPassword: given || (random ? generatePassword() : ''),
    generatedPassword: !given && random,
    rootHost: rootHost === 'localhost' ? null : rootHost,
    ...(read('DATABASE') && { database: read('DATABASE') }),
    ...(read('USER') && read('PASSWORD') && { user: { name: read('USER'), password: read('PASSWORD') } }),
  };
}

/** The statements that set an empty server up so; each on one line, as `--init-file` wants them. */
export function setUpStatements({ rootPassword, rootHost, database, user }: MysqlAccounts): string[] {
  const statements = [
    // What the initial set-up of MariaDB brings, all without a password.
    "DROP USER IF EXISTS ''@'localhost', 'root'@'127.0.0.1', 'root'@'::1'",
    `ALTER USER 'root'@'localhost' IDENTIFIED BY ${literal(rootPassword)}`,
  ];
  if (rootHost !== null) {
    const root = `'root'@${literal(rootHost)}`;
    statements.push(`CREATE USER IF NOT EXISTS ${root} IDENTIFIED BY ${literal(rootPassword)}`);
    statements.push(`GRANT ALL ON *.* TO ${root} WITH GRANT OPTION`);
  }
  if (database !== undefined) statements.push(`CREATE DATABASE IF NOT EXISTS ${identifier(database)}`);
  if (user) {
    const account = `${literal(user.name)}@'%'`;
    statements.push(`CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY ${literal(user.password)}`);
    // In a grant, `_` and `%` of a database's name are wildcards unless escaped.
    if (database !== undefined) {
      statements.push(`GRANT ALL ON ${identifier(database.replace(/[_%]/g, '\\$&'))}.* TO ${account}`);
    }
  }
  return statements;
}

function literal(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "''")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
  return `'${escaped}'`;
}

function identifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
