import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writePrivately } from './private-file.ts';
import { keyBytes, type SecretKey, secretKeyOf } from './sealed-value.ts';

/**
 * The keys that secrets are sealed with, which are never in the store: those that the operator gave, and those of a file in the data folder,
 * which servers of one store share.
 */
export interface KeyRing {
  /** The operator's choice, which new secrets are sealed with; null: Slipway makes its keys itself. */
  given: SecretKey | null;
  /** Null: it is lost, or was not given. */
  find(id: string): Promise<SecretKey | null>;
  /** Keys that Slipway made. */
  kept(): Promise<SecretKey[]>;
  /** Makes the file hold these. One server at a time. */
  keep(keys: readonly SecretKey[]): Promise<void>;
  /** For people: where keys come from. */
  readonly place: string;
}

const fileSchema = z.strictObject({ keys: z.array(z.string()) });

/** @param given as `readSecretKeys` gives it; the first is used for what is sealed from now on */
export function openKeyRing(directory: string, given: readonly SecretKey[] = []): KeyRing {
  const file = path.join(directory, 'secret-keys.json');
  /** Keys never change; one that is retired may still be asked for by who read a row before. */
  const known = new Map(given.map((key) => [key.id, key]));
  const kept = async (): Promise<SecretKey[]> => {
    const keys = await readKept(file);
    for (const key of keys) known.set(key.id, key);
    return keys;
  };
  return {
    given: given[0] ?? null,
    place: file,
    kept,
    async find(id) {
      if (!known.has(id)) await kept();
      return known.get(id) ?? null;
    },
    async keep(keys) {
      const text = { keys: keys.map(({ bytes }) => Buffer.from(bytes).toString('base64')) };
      await writePrivately(file, `${JSON.stringify(text, null, 2)}\n`);
      for (const key of keys) known.set(key.id, key);
    },
  };
}

export function makeSecretKey(): SecretKey {
  return secretKeyOf(randomBytes(keyBytes));
}

/**
 * Keys as an operator writes them: each 32 bytes in base64 or hex, with blanks, commas or line ends between them; the first seals, the others
 * only open what they have sealed.
 * @returns null if a word is no key, or there is none
 */
export function readSecretKeys(text: string): SecretKey[] | null {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const keys = words.map((word) =>
    /^[0-9a-f]{64}$/i.test(word) ? Buffer.from(word, 'hex') : Buffer.from(word, 'base64'),
  );
  const isWrong = keys.length === 0 || keys.some((bytes) => bytes.length !== keyBytes);
  return isWrong ? null : keys.map(secretKeyOf);
}

async function readKept(file: string): Promise<SecretKey[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return fileSchema.parse(JSON.parse(text)).keys.map((key) => secretKeyOf(Buffer.from(key, 'base64')));
}
