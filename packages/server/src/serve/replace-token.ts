import { replaceAdminToken } from '../access/tokens.ts';
import { openStore, type StoreLocation } from '../store/open-store.ts';

/** Makes another admin token for a store; servers that run take it at once. */
export async function replaceToken(location: StoreLocation, now: number): Promise<string> {
  const store = await openStore(location);
  try {
    return await replaceAdminToken({ store, now });
  } finally {
    await store.destroy();
  }
}
