import type { JobEvent } from '@slipway/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMasker } from './masker.ts';
import { createOutputReader } from './output-reader.ts';
import { createStepLog } from './step-log.ts';

/** What a program made of a value, and which part of that would tell it, in whatever it stands amid. */
interface Encoded {
  text: string;
  telling: string[];
}

type Encoding = (value: string) => Encoded;

const whole =
  (encode: (value: string) => string): Encoding =>
  (value) => ({ text: encode(value), telling: [encode(value)] });

/** Of base64 the first and the last group may be shared with what stands beside the value. */
const base64Amid =
  (before: string, after: string, kind: 'base64' | 'base64url' = 'base64'): Encoding =>
  (value) => {
    const bytes = Buffer.from(`${before}${value}${after}`);
    const from = Math.ceil(before.length / 3) * 4;
    const until = Math.floor((Buffer.byteLength(before + value) * 4) / 3 / 4) * 4;
    const text = bytes.toString(kind);
    return { text, telling: [text.slice(from, until)] };
  };

/** As `base64` and `openssl base64` print it. A last line of a few characters tells next to nothing, and is like many a word. */
const wrapped =
  (columns: number): Encoding =>
  (value) => {
    const text = Buffer.from(`${value}\n`).toString('base64');
    const lines = text.match(new RegExp(`.{1,${columns}}`, 'g')) ?? [];
    return {
      text: lines.join('\n'),
      telling: lines.filter(({ length }) => length >= 16).map((line) => line.slice(0, -4)),
    };
  };

const asEscape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** What holds for secrets of any length. */
const textual: Record<string, Encoding> = {
  plain: whole((value) => value),
  JSON: whole((value) => JSON.stringify(value).slice(1, -1)),
  'ASCII JSON': whole((value) =>
    JSON.stringify(value)
      .slice(1, -1)
      .replace(/[^\x20-\x7e]/g, asEscape),
  ),
  URI: whole((value) => encodeURIComponent(value)),
  XML: whole((value) =>
    value
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&apos;'),
  ),
  'shell trace': whole((value) => value.replaceAll("'", `'\\''`)),
  'command line': whole((value) => value.replaceAll('"', '\\"')),
};

/** What is told apart from ordinary words only if the secret is long enough. */
const binary: Record<string, Encoding> = {
  base64: base64Amid('', ''),
  'base64 at the second shift': base64Amid('u', ''),
  'base64 at the third shift': base64Amid('u:', ''),
  'base64 amid others': base64Amid('user:', '@host.example'),
  'base64 for URLs': base64Amid('x', 'y', 'base64url'),
  'base64 in lines of 76': wrapped(76),
  'base64 in lines of 64': wrapped(64),
  hex: whole((value) => Buffer.from(value).toString('hex')),
  'hex in capitals': whole((value) => Buffer.from(value).toString('hex').toUpperCase()),
};

interface Secret {
  value: string;
  /** Whether it is long enough for every encoding. */
  length: 'short' | 'long';
}

const encodings = { short: textual, long: { ...textual, ...binary } };

const character = fc.constantFrom(...`abcXYZ019-_.~!'()";&<>\\/+=:@ %$éß漢`, '😀', '\t');
const lineOf = (minLength: number, maxLength: number) =>
  fc
    .array(character, { minLength, maxLength })
    .map((characters) => characters.join('').trim())
    .filter((line) => line.length >= minLength);
const lineEnd = fc.constantFrom('\n', '\r\n');

const shortSecret = lineOf(3, 9).map((value): Secret => ({ value, length: 'short' }));
const longSecret = lineOf(16, 90).map((value): Secret => ({ value, length: 'long' }));
const secretOfLines = fc
  .tuple(fc.array(lineOf(16, 70), { minLength: 2, maxLength: 4 }), lineEnd)
  .map(([lines, end]) => ({ value: lines.join(end), length: 'long' as const }));

const noise = fc.string({ maxLength: 40 }).map((text) => text.replaceAll('*', ''));

/** What one step prints: a secret in some form, amid other things. */
interface Printed {
  secret: Secret;
  encoding: number;
  before: string;
  after: string;
}

const printed = fc.record<Printed>({
  secret: fc.oneof(shortSecret, longSecret, secretOfLines),
  encoding: fc.nat(),
  before: noise,
  after: noise,
});

function encodedOf({ secret: { value, length }, encoding }: Printed): Encoded {
  const all = Object.values<Encoding>(encodings[length]);
  return (all[encoding % all.length] as Encoding)(value);
}

function cut(bytes: Buffer, places: number[]): Buffer[] {
  const inside = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  const bounds = [0, ...inside, bytes.length];
  return bounds.slice(1).map((end, at) => bytes.subarray(bounds[at], end));
}

/** What leaves the runner of a stream that arrives in these chunks. */
function logOf(secrets: readonly string[], chunks: readonly Buffer[]): string {
  const masker = createMasker();
  for (const secret of secrets) masker.add(secret);
  const events: JobEvent[] = [];
  const log = createStepLog({ step: 1, masker, emit: (event) => void events.push(event) });
  const reader = createOutputReader(masker, { command: () => undefined, lines: log.write });
  for (const chunk of chunks) reader.write(chunk);
  reader.end();
  log.flush();
  const pieces = events.map((event) => (event.kind === 'step.log' ? event.bytes : Buffer.of()));
  return Buffer.concat(pieces).toString();
}

/** A secret of several lines is hidden line by line: of its plain text no line may be left. */
function partsOf(telling: string): string[] {
  return telling
    .split(/[\r\n]+/)
    .map((part) => part.trim())
    .filter((part) => part.length >= 3);
}

describe('no secret leaves in a log', { timeout: 180_000 }, () => {
  test('in any of its encodings, amid others, several at once, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(
        fc.array(printed, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (all, places) => {
          const forms = all.map(encodedOf);
          const stream = all
            .map(({ before, after }, at) => `${before} ${forms[at]?.text} ${after}`)
            .join('\n');
          const log = logOf(
            all.map(({ secret }) => secret.value),
            cut(Buffer.from(stream), places),
          );
          for (const { telling } of forms) {
            for (const part of telling.flatMap(partsOf)) expect(log).not.toContain(part);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('though it is printed byte by byte', () => {
    fc.assert(
      fc.property(printed, (one) => {
        const { text, telling } = encodedOf(one);
        const bytes = Buffer.from(`${one.before} ${text} ${one.after}`);
        const chunks = Array.from(bytes, (byte) => Buffer.of(byte));
        const log = logOf([one.secret.value], chunks);
        for (const part of telling.flatMap(partsOf)) expect(log).not.toContain(part);
      }),
      { numRuns: 500 },
    );
  });

  test('though it stands where a line without end is cut', () => {
    fc.assert(
      fc.property(lineOf(16, 60), fc.integer({ min: -80, max: 10 }), (secret, offset) => {
        const stream = `${'x'.repeat(1024 * 1024 + offset)}${secret}${'y'.repeat(100)}`;
        const bytes = Buffer.from(stream);
        const log = logOf([secret], [bytes.subarray(0, 600_000), bytes.subarray(600_000)]);
        expect(log).not.toContain(secret);
        expect(log.replaceAll('\n', '').length).toBeLessThan(bytes.length);
      }),
      { numRuns: 40 },
    );
  });
});
