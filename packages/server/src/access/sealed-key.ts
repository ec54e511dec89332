import { hkdfSync } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, type JWK } from 'jose';

/** Keeps private keys in the store: encrypted, so that a copy of it signs nothing. */
export interface KeySeal {
  seal(privateKey: JWK): Promise<string>;
  /** @throws Error where the server's key is another one than that which the store was written with */
  open(sealed: string): Promise<JWK>;
}

/** @param purpose keys of one purpose can't be passed off as those of another */
export function createKeySeal(serverKey: Uint8Array, purpose: string): KeySeal {
  const key = new Uint8Array(hkdfSync('sha256', serverKey, '', purpose, 32));
  return {
    seal: (privateKey) =>
      new CompactEncrypt(new TextEncoder().encode(JSON.stringify(privateKey)))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .encrypt(key),
    async open(sealed) {
      const { plaintext } = await compactDecrypt(sealed, key);
      return JSON.parse(new TextDecoder().decode(plaintext)) as JWK;
    },
  };
}
