import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileByteSearch } from './byte-search.ts';

/** The obvious way: every place of every sequence. */
function findSlowly(block: Buffer, sequences: Buffer[]): number[] | undefined {
  const covered = new Array<boolean>(block.length + 1).fill(false);
  const begins = new Set<number>();
  for (const sequence of sequences) {
    for (let at = block.indexOf(sequence); at !== -1; at = block.indexOf(sequence, at + 1)) {
      covered.fill(true, at, at + sequence.length);
      begins.add(at);
    }
  }
  const ranges: number[] = [];
  for (let at = 0; at < block.length; at++) {
    if (covered[at] && !covered[at - 1]) ranges.push(at);
    if (covered[at] && !covered[at + 1]) ranges.push(at + 1);
  }
  return ranges.length === 0 ? undefined : ranges;
}

// Few letters make hits, overlaps and near misses likely.
const letters = (minLength: number, maxLength: number) =>
  fc.array(fc.constantFrom(97, 98, 99, 10), { minLength, maxLength }).map((bytes) => Buffer.from(bytes));

describe('compileByteSearch', () => {
  test('finds what a search for each sequence finds, joined, whatever their lengths', () => {
    fc.assert(
      fc.property(fc.array(letters(1, 12), { maxLength: 8 }), letters(0, 400), (sequences, block) => {
        expect(compileByteSearch(sequences).find(block)).toEqual(findSlowly(block, sequences));
      }),
      { numRuns: 2_000 },
    );
  });

  test('finds sequences longer than the longest window, at the very end too', () => {
    const long = Buffer.alloc(1_000, 'xyz');
    const block = Buffer.concat([Buffer.alloc(500, 'a'), long]);
    expect(compileByteSearch([long, Buffer.from('abc')]).find(block)).toEqual([500, 1_500]);
    expect(compileByteSearch([long]).find(block.subarray(0, -1))).toBeUndefined();
  });

  test('finds nothing for no sequences', () => {
    expect(compileByteSearch([]).find(Buffer.from('abc'))).toBeUndefined();
  });
});
