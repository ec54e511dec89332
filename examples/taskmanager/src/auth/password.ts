import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** The cost of one hash: 32 MiB and three passes, one of OWASP's recommended settings for scrypt. */
export const defaultCost: ScryptCost = { N: 2 ** 15, r: 8, p: 3 };

/** CPU and memory cost, block size and parallelisation as in RFC 7914. */
export type ScryptCost = { N: number; r: number; p: number };

/** `scrypt$N$r$p$salt$key`, salt and key in base64url, so that a stored hash says how to check it. */
export async function hashPassword(password: string, cost: ScryptCost = defaultCost): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Throws when `hash` is not one that `hashPassword` made: that is damage, not a wrong password. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [scheme, N, r, p, salt, key] = hash.split('$');
  if (scheme !== 'scrypt' || !salt || !key) throw new Error('A stored password hash is damaged');
  const expected = Buffer.from(key, 'base64url');
  const actual = await derive(password, Buffer.from(salt, 'base64url'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  });
  return timingSafeEqual(actual, expected);
}

const keyLength = 32;

function derive(password: string, salt: Buffer, cost: ScryptCost): Promise<Buffer> {
  // Node refuses more than 32 MiB unless told. This is what OpenSSL counts: the table, its two spare rows and p blocks.
  const options: ScryptOptions = { ...cost, maxmem: 128 * cost.r * (cost.N + 2 + cost.p) };
  // NFKC, so that the same password typed on another keyboard is the same password.
  const text = password.normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(text, salt, keyLength, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
