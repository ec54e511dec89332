import { expect, test } from 'vitest';
import { type MysqlAccounts, readMysqlAccounts, setUpStatements } from './mysql-accounts.ts';

const read = (env: Record<string, string>) => readMysqlAccounts(env, () => 'generated');

test('a root password, an empty one or a generated one is a must', () => {
  expect(read({})).toMatchObject({ kind: 'invalid' });
  expect(read({ MYSQL_ROOT_PASSWORD: 'x' })).toMatchObject({ rootPassword: 'x', generatedPassword: false });
  expect(read({ MARIADB_ALLOW_EMPTY_ROOT_PASSWORD: '1' })).toMatchObject({ rootPassword: '' });
  expect(read({ MYSQL_RANDOM_ROOT_PASSWORD: 'yes' })).toMatchObject({
    rootPassword: 'generated',
    generatedPassword: true,
  });
});

test('MARIADB_ names count before MYSQL_ names', () => {
  expect(read({ MYSQL_ROOT_PASSWORD: 'a', MARIADB_ROOT_PASSWORD: 'b' })).toMatchObject({ rootPassword: 'b' });
});

test('a user called root is refused', () => {
  expect(read({ MYSQL_ROOT_PASSWORD: 'x', MYSQL_USER: 'root' })).toMatchObject({ kind: 'invalid' });
});

test('every statement stands on one line, with names and passwords quoted', () => {
  const accounts = read({
    MYSQL_ROOT_PASSWORD: "a'b\\c\nd",
    MYSQL_DATABASE: 'my_`db',
    MYSQL_USER: 'u',
    MYSQL_PASSWORD: 'p',
    MYSQL_ROOT_HOST: '%',
  }) as MysqlAccounts;
  const statements = setUpStatements(accounts);
  expect(statements.every((statement) => !statement.includes('\n'))).toBe(true);
  expect(statements).toContain("ALTER USER 'root'@'localhost' IDENTIFIED BY 'a''b\\\\c\\nd'");
  expect(statements).toContain('CREATE DATABASE IF NOT EXISTS `my_``db`');
  expect(statements).toContain("GRANT ALL ON `my\\_``db`.* TO 'u'@'%'");
});

test('root stays local when the environment says so', () => {
  const accounts = read({ MYSQL_ROOT_PASSWORD: 'x', MYSQL_ROOT_HOST: 'localhost' }) as MysqlAccounts;
  expect(setUpStatements(accounts).join()).not.toContain("'root'@'%'");
});
