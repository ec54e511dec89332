/** A key as its place in the rotation needs it; epoch milliseconds. */
export interface RotatedKey {
  kid: string;
  createdAt: number;
  /** It signs no more from then on. */
  signsUntil: number;
  /** Nothing that it has signed is good any more. */
  publishedUntil: number;
}

export interface KeyPlan {
  /** Null: there is none yet. */
  signing: string | null;
  /** The key to make now; null: none. */
  create: Pick<RotatedKey, 'signsUntil' | 'publishedUntil'> | null;
  published: string[];
  /** Those that may be forgotten. */
  expired: string[];
}

const dayMs = 24 * 60 * 60_000;

/** How long each key signs. */
export const signingMs = 30 * dayMs;

/**
 * How long a key is published before it signs and after it has: longer than verifiers keep the set of keys, and than a token lives. So a
 * token can be verified from the moment in which it is issued until it has run out, through every change of keys.
 */
export const overlapMs = dayMs;

/** Which key signs, which are published, and whether the next one has to be made. Pure. */
export function planKeys(keys: readonly RotatedKey[], now: number): KeyPlan {
  const usable = keys
    .filter(({ signsUntil }) => signsUntil > now)
    .toSorted((a, b) => a.createdAt - b.createdAt || (a.kid < b.kid ? -1 : 1));
  const last = usable.at(-1);
  const isDue = last === undefined || last.signsUntil - now <= overlapMs;
  const signsUntil = Math.max(now, last?.signsUntil ?? now) + signingMs;
  return {
    signing: usable[0]?.kid ?? null,
    create: isDue ? { signsUntil, publishedUntil: signsUntil + overlapMs } : null,
    published: keys.filter(({ publishedUntil }) => publishedUntil > now).map(({ kid }) => kid),
    expired: keys.filter(({ publishedUntil }) => publishedUntil <= now).map(({ kid }) => kid),
  };
}
