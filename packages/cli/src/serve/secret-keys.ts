import { readFileSync } from 'node:fs';
import { readSecretKeys, type SecretKey } from '@slipway/server/secrets';
import type { ServeConfig } from './config-schema.ts';

/**
 * The keys that the operator gives for secrets: in the environment, or in a file.
 * @returns none: Slipway makes its own
 * @throws Error that says what is wrong with them, and never what they are
 */
export function givenSecretKeys({
  secretKey,
  secretKeyFile,
}: Pick<ServeConfig, 'secretKey' | 'secretKeyFile'>): SecretKey[] {
  if (secretKey !== undefined && secretKeyFile !== undefined) {
    throw new Error('SLIPWAY_SECRET_KEY and --secret-key-file are given together: give one of them');
  }
  const text = secretKeyFile === undefined ? secretKey : readFileSync(secretKeyFile, 'utf8');
  if (text === undefined) return [];
  const keys = readSecretKeys(text);
  if (keys !== null) return keys;
  const place = secretKeyFile ?? 'SLIPWAY_SECRET_KEY';
  throw new Error(
    `${place} holds no key of 32 bytes in base64 or hex: make one with 'openssl rand -base64 32'`,
  );
}
