import { expect, test } from 'vitest';
import { hideSecrets } from './hide-secrets.ts';

test('a secret is not told, whole or in lines, and neither as it stands in URLs, JSON and base64', () => {
  const secrets = ['pass word"1', 'first line\nsecond line', 'pass word"1 and more'];
  const told = [
    'connect with pass word"1 and more',
    'postgres://u:pass%20word%221@db',
    '{"key":"pass word\\"1"}',
    Buffer.from('pass word"1').toString('base64'),
    'key: second line',
  ];
  expect(told.map((text) => hideSecrets(text, secrets))).toEqual([
    'connect with ***',
    'postgres://u:***@db',
    '{"key":"***"}',
    '***',
    'key: ***',
  ]);
});

test('what is too short to be told from ordinary words stays, and so does everything else', () => {
  expect(hideSecrets('it ended with 1: no such table', ['1', 'no', '', ' '])).toBe(
    'it ended with 1: no such table',
  );
});
