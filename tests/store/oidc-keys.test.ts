import { expect, test } from 'vitest';
import { createOidcKeys } from '../../packages/server/src/oidc/oidc-keys.ts';
import { withEachStore } from './each-store.ts';

withEachStore('the keys of ID tokens', (under) => {
  test('are made once, however many ask at once', async () => {
    const keys = createOidcKeys({ store: under.store, now: () => 1_000, serverKey: new Uint8Array(32) });
    const asked = await Promise.all(Array.from({ length: 8 }, () => keys.signing()));
    const published = await keys.published();
    expect(new Set(asked.map(({ kid }) => kid))).toEqual(new Set([published[0]?.kid]));
    expect(published).toHaveLength(1);
  });
});
