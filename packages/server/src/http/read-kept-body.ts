import { SlipwayError } from '@slipway/contracts/errors';
import { type KeptJobSummary, keptJobSummarySchema } from '@slipway/contracts/kept-job';

const mostSummaryBytes = 1024 ** 2;
const lineEnd = 0x0a;

/**
 * A line of JSON, then the archive. The archive is read by whoever takes it, no faster than that.
 * @throws SlipwayError `bad-request`, `too-large`; ZodError
 */
export async function readKeptBody(
  body: AsyncIterable<Uint8Array>,
): Promise<{ summary: KeptJobSummary; archive: AsyncIterable<Uint8Array> }> {
  const pieces = body[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let end = -1;
  while (end === -1) {
    const { value, done } = await pieces.next();
    if (done === true) throw new SlipwayError('bad-request', { message: 'The line of JSON is missing.' });
    head = Buffer.concat([head, value]);
    end = head.indexOf(lineEnd);
    if (end > mostSummaryBytes || (end === -1 && head.length > mostSummaryBytes)) {
      throw new SlipwayError('too-large');
    }
  }
  const summary = keptJobSummarySchema.parse(parseJson(head.subarray(0, end).toString()));
  const rest = head.subarray(end + 1);
  return { summary, archive: { [Symbol.asyncIterator]: () => archiveOf(rest, pieces) } };
}

async function* archiveOf(first: Uint8Array, pieces: AsyncIterator<Uint8Array>) {
  if (first.length > 0) yield first;
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SlipwayError('bad-request', { message: 'The first line is not JSON.', cause });
  }
}
