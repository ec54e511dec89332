import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** A key of 32 bytes with the name that rows call it by, which tells nothing of it. */
export interface SecretKey {
  id: string;
  bytes: Uint8Array;
}

/** Where a sealed value belongs: moved to another row, it can't be opened. */
export interface SealedPlace {
  scope: string;
  name: string;
}

const nonceBytes = 12;
const tagBytes = 16;
export const keyBytes = 32;

export function secretKeyOf(bytes: Uint8Array): SecretKey {
  const id = createHash('sha256').update('slipway secret key').update(bytes).digest('hex').slice(0, 16);
  return { id, bytes };
}

/** AES-256-GCM with a random nonce. @returns nonce, ciphertext and tag in base64 */
export function seal(key: SecretKey, place: SealedPlace, value: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce).setAAD(authenticated(key, place));
  const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64');
}

/** @throws Error if it was changed, moved, or sealed with another key */
export function open(key: SecretKey, place: SealedPlace, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < nonceBytes + tagBytes) throw new Error('it is no sealed value');
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  })
    .setAAD(authenticated(key, place))
    .setAuthTag(bytes.subarray(-tagBytes));
  const text = bytes.subarray(nonceBytes, -tagBytes);
  return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
}

function authenticated({ id }: SecretKey, { scope, name }: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify([id, scope, name]));
}
