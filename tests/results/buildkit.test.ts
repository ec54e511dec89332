import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultScope, openResults, type ResultsFixture } from './results-fixture.ts';

/** What BuildKit's client of `type=gha` relies on beyond the official ones: tonistiigi/go-actions-cache on Azure's SDK for Go. */
let results: ResultsFixture;

beforeEach(async () => {
  results = await openResults();
});
afterEach(() => results.close());

test('its token says from when it holds and which caches it opens', async () => {
  const token = await results.server.tokenFor({
    ...defaultScope,
    ref: 'refs/pull/7/merge',
    readableRefs: ['refs/heads/main'],
  });
  const claims = claimsOf(token);
  expect(claims).toMatchObject({ nbf: expect.any(Number), exp: expect.any(Number) });
  expect(JSON.parse(claims.ac as string)).toEqual([
    { Scope: 'refs/pull/7/merge', Permission: 3 },
    { Scope: 'refs/heads/main', Permission: 1 },
  ]);
});

test.each([
  ['read', [{ Scope: 'refs/heads/main', Permission: 1 }]],
  ['write-only', [{ Scope: 'refs/heads/main', Permission: 2 }]],
  ['none', []],
] as const)('its token opens no more than the cache mode %s', async (cacheMode, scopes) => {
  const { ac } = claimsOf(await results.server.tokenFor({ ...defaultScope, cacheMode }));
  expect(JSON.parse(ac as string)).toEqual(scopes);
});

test('an upload is answered with an id, and a layer is read from where the client stopped', async () => {
  const token = await results.server.tokenFor(defaultScope);
  const key = { key: 'buildkit-blob-1-sha256:abc', version: 'v' };
  const created = await call(token, 'CreateCacheEntry', key);
  const upload = await fetch(created.signed_upload_url as string, {
    method: 'PUT',
    headers: { 'x-ms-blob-type': 'BlockBlob' },
    body: 'a layer',
  });
  expect(upload.headers.get('x-ms-request-id')).toMatch(/^[\da-f-]{36}$/);
  await call(token, 'FinalizeCacheEntryUpload', { ...key, size_bytes: 7 });
  const found = await call(token, 'GetCacheEntryDownloadURL', { ...key, restore_keys: [] });
  const rest = await fetch(found.signed_download_url as string, { headers: { 'x-ms-range': 'bytes=2-' } });
  expect([rest.status, await rest.text()]).toEqual([206, 'layer']);
});

async function call(token: string, method: string, body: object): Promise<Record<string, unknown>> {
  const url = `${results.server.url}twirp/github.actions.results.api.v1.CacheService/${method}`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}
