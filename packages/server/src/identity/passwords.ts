import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/**
 * As OWASP advises for scrypt: 32 MiB and about 0.2 s a password.
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
const cost = { N: 2 ** 15, r: 8, p: 3 };
const hashBytes = 32;
/** Each takes memory and one of Node's four threads: others wait. */
const mostAtOnce = 2;

/** What is kept of a password: `scrypt$N$r$p$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), hash.toString('base64')].join('$');
}

/** @param kept null: there is none to fit, which takes as long to say */
export async function fitsPassword(password: string, kept: string | null): Promise<boolean> {
  const [kind, N, r, p, salt = '', hash = ''] = (kept ?? (await nobodysHash())).split('$');
  if (kind !== 'scrypt') throw new Error('the password was kept in a way that is not known here');
  const wanted = Buffer.from(hash, 'base64');
  const given = await derive(password, Buffer.from(salt, 'base64'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  });
  return timingSafeEqual(given, wanted) && kept !== null;
}

let made: Promise<string> | undefined;

/** Of a password that nobody has; made when it is first wanted. */
function nobodysHash(): Promise<string> {
  made ??= hashPassword(randomBytes(32).toString('hex'));
  return made;
}

let busy = 0;
const waiting: (() => void)[] = [];

async function derive(password: string, salt: Buffer, { N, r, p }: typeof cost): Promise<Buffer> {
  if (busy >= mostAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  else busy += 1;
  try {
    const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r };
    return await new Promise((resolve, reject) => {
      scrypt(password.normalize('NFKC'), salt, hashBytes, options, (error, key) =>
        error === null ? resolve(key) : reject(error),
      );
    });
  } finally {
    const next = waiting.shift();
    if (next === undefined) busy -= 1;
    else next();
  }
}
