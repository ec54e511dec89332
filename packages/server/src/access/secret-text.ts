import { createHash, randomBytes } from 'node:crypto';

/** Long and random: a hash finds it, and tells nothing by the time that it takes. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of a secret that only its holder knows. Not for passwords, which are short. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
