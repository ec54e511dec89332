import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from './password.ts';

const cheap = { N: 2, r: 8, p: 1 };

test('a password verifies against its own hash and no other password does', async () => {
  const hash = await hashPassword('correct horse battery staple');
  expect(hash).toMatch(/^scrypt\$32768\$8\$3\$/);
  expect(await verifyPassword('correct horse battery staple', hash)).toBe(true);
  expect(await verifyPassword('correct horse battery', hash)).toBe(false);
});

test('two hashes of one password differ, because each has its own salt', async () => {
  expect(await hashPassword('secret', cheap)).not.toBe(await hashPassword('secret', cheap));
});

test('a hash made at another cost still verifies', async () => {
  expect(await verifyPassword('secret', await hashPassword('secret', { N: 4, r: 4, p: 2 }))).toBe(true);
});

test('composed and decomposed letters are the same password', async () => {
  expect(await verifyPassword('caf\u0065\u0301', await hashPassword('caf\u00e9', cheap))).toBe(true);
});

test('a damaged hash is an error, not a wrong password', async () => {
  await expect(verifyPassword('secret', 'md5$abc')).rejects.toThrow('damaged');
});
