/** Chance that a printed seed repeats: `below(n)` is an integer from 0 to n - 1. */
export interface SeededRandom {
  seed: number;
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
}

/** SLIPWAY_SEED, or another one each time; printed, so that a failure can be tried again. */
export function seededRandom(name: string): SeededRandom {
  const seed = Number(process.env.SLIPWAY_SEED) || Math.floor(Math.random() * 2 ** 31);
  process.stdout.write(`${name}: SLIPWAY_SEED=${seed}\n`);
  let state = seed;
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return { seed, below, pick: (items) => items[below(items.length)] as (typeof items)[number] };
}
