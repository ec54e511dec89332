import type { JobEvent } from '@slipway/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMasker } from '../../packages/runner/src/output/masker.ts';
import { createOutputReader } from '../../packages/runner/src/output/output-reader.ts';
import { createStepLog } from '../../packages/runner/src/output/step-log.ts';
import { runJob } from './job-fixture.ts';

/** What programs do to a value before they print it. */
const encodings: Record<string, (value: string) => string> = {
  plain: (value) => value,
  base64: (value) => Buffer.from(value).toString('base64'),
  'base64 after one byte': (value) => Buffer.from(`:${value}`).toString('base64'),
  'base64 after two bytes': (value) => Buffer.from(`u:${value}`).toString('base64'),
  'base64 amid others': (value) => Buffer.from(`user:${value}@host`).toString('base64'),
  'base64 for URLs': (value) => Buffer.from(value).toString('base64url'),
  JSON: (value) => JSON.stringify({ key: value }),
  'ASCII JSON': (value) =>
    JSON.stringify(value).replace(
      /[^\x20-\x7e]/g,
      (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  URI: (value) => encodeURIComponent(value),
  'strict URI': (value) =>
    encodeURIComponent(value).replace(
      /[!'()*]/g,
      (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  XML: (value) =>
    value
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&apos;'),
  'command line': (value) => value.replaceAll('"', '\\"'),
  'expression string': (value) => value.replaceAll("'", "''"),
  'shell trace': (value) => value.replaceAll("'", `'\\''`),
};

const character = fc.constantFrom(...`abcXYZ019-_.~!*'()";&<>\\/+=:@ %$ éß漢`, '😀', '\t');
const secretLine = fc
  .array(character, { minLength: 10, maxLength: 60 })
  .map((characters) => characters.join('').trim())
  .filter((line) => line.length >= 10);

/** The job's log of a stream that arrives in these chunks. */
function logOf(secret: string, chunks: Buffer[]): string {
  const masker = createMasker();
  masker.add(secret);
  const events: JobEvent[] = [];
  const log = createStepLog({ step: 1, masker, emit: (event) => void events.push(event) });
  const reader = createOutputReader(masker, { command: () => undefined, lines: log.write });
  for (const chunk of chunks) reader.write(chunk);
  reader.end();
  log.flush();
  return Buffer.concat(
    events.map((event) => (event.kind === 'step.log' ? event.bytes : Buffer.of())),
  ).toString();
}

function cut(bytes: Buffer, places: number[]): Buffer[] {
  const bounds = [
    0,
    ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b),
    bytes.length,
  ];
  return bounds.slice(1).map((end, at) => bytes.subarray(bounds[at], end));
}

/** Of base64, the last character and the padding depend on what follows. */
function telling(form: string, encoding: string): string {
  return encoding.startsWith('base64') ? form.replace(/=+$/, '').slice(4, -8) : form;
}

describe('masking', () => {
  test('hides every line of a secret in every encoding, wherever the chunks are cut', () => {
    const secret = fc.array(secretLine, { minLength: 1, maxLength: 3 });
    const names = fc.constantFrom(...Object.keys(encodings));
    fc.assert(
      fc.property(secret, names, fc.array(fc.nat(), { maxLength: 6 }), (lines, name, places) => {
        const encode = encodings[name] as (value: string) => string;
        for (const line of lines) {
          const form = encode(line);
          const stream = Buffer.from(`before ${form} after\n${form}\n>${form}`);
          const text = logOf(lines.join('\n'), cut(stream, places));
          expect(text).not.toContain(telling(form, name) || form);
          expect(text).toContain('***');
        }
      }),
      { numRuns: 1_500 },
    );
  });

  test('leaves everything else as it is', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        (bytes, places) => {
          const text = Buffer.from(bytes.map((byte) => (byte === 13 ? 10 : byte)));
          const masker = createMasker();
          masker.add('never-in-there-0123456789');
          const parts: Buffer[] = [];
          const reader = createOutputReader(masker, {
            command: () => undefined,
            lines: (block) => parts.push(masker.maskLines(block)),
          });
          for (const chunk of cut(text, places)) reader.write(chunk);
          reader.end();
          const end = text.length === 0 || text.at(-1) === 10 ? '' : '\n';
          expect(Buffer.concat(parts)).toEqual(Buffer.concat([text, Buffer.from(end)]));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('covers logs, names, annotations, summaries and the head of a step; add-mask counts from then on', async () => {
    const report = await runJob(
      `
- name: 'Deploy with \${{ secrets.KEY }}'
  env: { KEY: "\${{ secrets.KEY }}" }
  run: |
    echo "log $KEY"; echo "err $KEY" >&2
    printf '%s' "$KEY" | base64
    echo "::error title=$KEY::it was $KEY"
    echo "# $KEY" >> "$GITHUB_STEP_SUMMARY"
    echo "earlier temp0rary"; echo "::add-mask::temp0rary"; echo "later temp0rary"
    echo "::notice::also temp0rary"
- name: Several lines
  run: echo "\${{ secrets.MULTI }}"; printf 'second line of it'
- name: Echoed
  run: |
    echo "::echo::on"
    echo "::add-mask::another-one"
`,
      { secrets: { KEY: 's3cr3t-value', MULTI: 'first line of it\nsecond line of it\n' } },
    );
    const everything = JSON.stringify(report.events.map((event) => (event.kind === 'step.log' ? '' : event)));
    expect(everything + report.log()).not.toMatch(/s3cr3t|czNjcjN0/);
    expect(report.log('Several lines')).not.toMatch(/(first|second) line of it/);
    expect(report.log()).toContain('later ***\n');
    expect(report.steps()[0]).toBe('Deploy with ***');
    expect(report.annotations()).toEqual(
      expect.arrayContaining([
        { level: 'error', title: '***', message: 'it was ***' },
        { level: 'notice', message: 'also ***' },
      ]),
    );
    expect(report.summaries()).toEqual(['# ***\n']);
    expect(report.log('Echoed')).toContain('\n::add-mask::***\n');
  });

  test('a secret that is printed in pieces is masked', async () => {
    const report = await runJob(
      `- { name: Slow, run: 'for c in s3cr3 t-va lue; do printf "%s" $c; sleep 0.05; done; echo' }\n`,
      { secrets: { KEY: 's3cr3t-value' } },
    );
    expect(report.log('Slow')).toMatch(/\n\*\*\*\n$/);
  });
});
