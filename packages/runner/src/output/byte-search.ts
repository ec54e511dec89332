/** Finds many byte sequences at once. */
export interface ByteSearch {
  /**
   * Where any of the sequences stands, as `[start, end, start, end, …]`: ordered, overlapping and touching ones joined.
   * undefined when there is none, which is found out at several gigabytes a second.
   */
  find(block: Buffer): number[] | undefined;
}

/**
 * Wu and Manber's algorithm on pairs of bytes: a table says for each pair how far the search may jump ahead, so that a
 * block without a hit is read only at every m-th byte, m being the length of the shortest sequence. Four searches go
 * through the quarters of a block in step, which a processor does nearly in the time of one. Sequences that would
 * keep m small are searched by the native `indexOf` instead, if they are few.
 * @see Wu, Manber: A fast algorithm for multi-pattern searching (1994)
 */
export function compileByteSearch(sequences: readonly Buffer[]): ByteSearch {
  const window = chooseWindow(sequences.map((sequence) => sequence.length));
  const single = sequences.filter((sequence) => sequence.length < window);
  const jumping = compileJumps(
    sequences.filter((sequence) => sequence.length >= window),
    window,
  );
  return {
    find(block) {
      const hits: number[] = [];
      jumping(block, hits);
      for (const sequence of single) findOne(block, sequence, hits);
      return hits.length === 0 ? undefined : join(hits);
    },
  };
}

/** Jumps are kept in bytes. */
const longestWindow = 255;
/** What a megabyte costs by the table with window 1, and by one native search: measured, in microseconds. */
const tableCost = 1_000;
const nativeCost = 250;

/** Above every length if the table is not worth it. An integer: with a double the search takes twice the time. */
function chooseWindow(lengths: number[]): number {
  let best = { window: 2 ** 30, cost: lengths.length * nativeCost };
  for (const length of new Set(lengths)) {
    const window = Math.min(length, longestWindow);
    if (window < 2) continue;
    const cost = tableCost / window + nativeCost * lengths.filter((other) => other < window).length;
    if (cost < best.cost) best = { window, cost };
  }
  return best.window;
}

type Search = (block: Buffer, hits: number[]) => void;

function compileJumps(sequences: Buffer[], window: number): Search {
  if (sequences.length === 0) return () => {};
  const jumps = new Uint8Array(65_536).fill(window - 1);
  const candidates = new Map<number, Buffer[]>();
  for (const sequence of sequences) {
    for (let at = 1; at < window; at++) {
      const pair = ((sequence[at - 1] ?? 0) << 8) | (sequence[at] ?? 0);
      jumps[pair] = Math.min(jumps[pair] ?? 0, window - 1 - at);
      if (at < window - 1) continue;
      const known = candidates.get(pair);
      if (known) known.push(sequence);
      else candidates.set(pair, [sequence]);
    }
  }
  /** What to add to the place of a pair that may end the first `window` bytes of a sequence. */
  const stepOver = (block: Buffer, at: number, hits: number[]) => {
    const pair = ((block[at - 1] as number) << 8) | (block[at] as number);
    const start = at - window + 1;
    for (const sequence of candidates.get(pair) ?? []) {
      if (startsAt(block, sequence, start)) hits.push(start, start + sequence.length);
    }
    return 1;
  };
  return (block, hits) => jumpThrough({ block, jumps, window, hits, stepOver });
}

interface JumpSearch {
  block: Buffer;
  jumps: Uint8Array;
  window: number;
  hits: number[];
  stepOver: (block: Buffer, at: number, hits: number[]) => number;
}

function jumpThrough({ block, jumps, window, hits, stepOver }: JumpSearch): void {
  const size = block.length;
  const first = window - 1;
  const quarter = (size - first) >> 2;
  const endA = first + quarter;
  const endB = endA + quarter;
  const endC = endB + quarter;
  let a = first;
  let b = endA;
  let c = endB;
  let d = endC;
  while (a < endA && b < endB && c < endC && d < size) {
    const jumpA = jumps[((block[a - 1] as number) << 8) | (block[a] as number)] as number;
    const jumpB = jumps[((block[b - 1] as number) << 8) | (block[b] as number)] as number;
    const jumpC = jumps[((block[c - 1] as number) << 8) | (block[c] as number)] as number;
    const jumpD = jumps[((block[d - 1] as number) << 8) | (block[d] as number)] as number;
    a += jumpA > 0 ? jumpA : stepOver(block, a, hits);
    b += jumpB > 0 ? jumpB : stepOver(block, b, hits);
    c += jumpC > 0 ? jumpC : stepOver(block, c, hits);
    d += jumpD > 0 ? jumpD : stepOver(block, d, hits);
  }
  for (const [from, end] of [
    [a, endA],
    [b, endB],
    [c, endC],
    [d, size],
  ] as const) {
    let at = from;
    while (at < end) {
      const jump = jumps[((block[at - 1] as number) << 8) | (block[at] as number)] as number;
      at += jump > 0 ? jump : stepOver(block, at, hits);
    }
  }
}

/** Most candidates fail at their first byte, for which a native comparison is too expensive. */
function startsAt(block: Buffer, sequence: Buffer, start: number): boolean {
  const size = sequence.length;
  if (start + size > block.length) return false;
  let at = 0;
  while (at < size && block[start + at] === sequence[at]) at++;
  return at === size;
}

function findOne(block: Buffer, sequence: Buffer, hits: number[]): void {
  for (let at = block.indexOf(sequence); at !== -1; at = block.indexOf(sequence, at + 1)) {
    hits.push(at, at + sequence.length);
  }
}

function join(hits: number[]): number[] {
  const ranges: [number, number][] = [];
  for (let i = 0; i < hits.length; i += 2) ranges.push([hits[i] as number, hits[i + 1] as number]);
  ranges.sort((a, b) => a[0] - b[0]);
  const joined: number[] = [];
  for (const [start, end] of ranges) {
    const last = joined.length - 1;
    if (last > 0 && start <= (joined[last] as number)) {
      joined[last] = Math.max(joined[last] as number, end);
    } else {
      joined.push(start, end);
    }
  }
  return joined;
}
