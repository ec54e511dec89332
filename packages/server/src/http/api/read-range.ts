import { SlipwayError } from '@slipway/contracts/errors';

/** Bytes from `start` up to and without `end`. */
export interface ByteRange {
  start: number;
  end: number;
  isPartial: boolean;
}

/**
 * The one range that a `Range` header asks for; without a header, or for several, everything.
 * @throws SlipwayError `bad-range`
 * @see RFC 9110, section 14
 */
export function readRange(header: string | undefined, size: number): ByteRange {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return { start: 0, end: size, isPartial: false };
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (start >= end) {
    throw new SlipwayError('bad-range', { message: `The stream has ${size} bytes.`, field: 'Range' });
  }
  return { start, end, isPartial: true };
}
