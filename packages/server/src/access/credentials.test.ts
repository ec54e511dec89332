import { expect, test } from 'vitest';
import { type Credentials, readCredentials, sessionCookieName } from './credentials.ts';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const token = (text: string, claimedName: string | null = null): Credentials => ({
  kind: 'token',
  token: text,
  claimedName,
});

test.each<[string | undefined, string | undefined, Credentials]>([
  [undefined, undefined, { kind: 'none' }],
  ['Bearer abc', undefined, token('abc')],
  ['bearer abc', undefined, token('abc')],
  ['token abc', undefined, token('abc')],
  ['Bearer', undefined, { kind: 'none' }],
  ['Bearer a b', undefined, { kind: 'none' }],
  ['Digest abc', undefined, { kind: 'none' }],
  [basic('octocat:abc'), undefined, token('abc', 'octocat')],
  [basic('octocat:a:b'), undefined, token('a:b', 'octocat')],
  // As in https://TOKEN@host and https://TOKEN:x-oauth-basic@host.
  [basic('abc:'), undefined, token('abc', '')],
  [basic('abc:x-oauth-basic'), undefined, token('abc', '')],
  [undefined, 'a=b; slipway_session=xyz', { kind: 'session', secret: 'xyz' }],
  [undefined, 'other=xyz', { kind: 'none' }],
  // No cookie stands in for a header that is wrong.
  ['Digest abc', 'slipway_session=xyz', { kind: 'none' }],
  ['Bearer abc', 'slipway_session=xyz', token('abc')],
])('Authorization %j and Cookie %j are %j', (authorization, cookie, credentials) => {
  expect(readCredentials({ authorization, cookie }, 'slipway_session')).toEqual(credentials);
});

test('the cookie is bound to its host where there is https', () => {
  expect(sessionCookieName('https://ci.example.com')).toBe('__Host-slipway');
  expect(sessionCookieName('http://127.0.0.1:8080')).toBe('slipway_session');
});
