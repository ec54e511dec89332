import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMasker } from './masker.ts';
import { createOutputReader } from './output-reader.ts';

/** Reads a stream in chunks; commands are lines that hold `::` or `##[` and then `do`. */
function read(chunks: (Buffer | string)[]) {
  const shown: Buffer[] = [];
  const asked: string[] = [];
  const commands: string[] = [];
  const reader = createOutputReader(createMasker(), {
    command(line) {
      asked.push(line);
      return line.includes('do') ? () => commands.push(`${line}@${Buffer.concat(shown).length}`) : undefined;
    },
    lines: (block) => shown.push(block),
  });
  for (const chunk of chunks) reader.write(Buffer.from(chunk));
  reader.end();
  return { text: Buffer.concat(shown).toString('latin1'), blocks: shown, asked, commands };
}

function cut(text: Buffer, places: number[]): Buffer[] {
  const bounds = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length];
  return bounds.slice(1).map((end, at) => text.subarray(bounds[at], end));
}

describe('createOutputReader', () => {
  test('shows everything that is no command, wherever the chunks are cut', () => {
    const line = fc.constantFrom(
      '::do::it',
      '  ::do',
      'x ::do',
      '::x::',
      'a ##[do]b',
      'plain',
      '',
      'std::do',
      ':',
      '\xff::do',
    );
    const lines = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 12 });
    const places = fc.array(fc.nat(), { maxLength: 8 });
    fc.assert(
      fc.property(lines, places, fc.boolean(), (parts, cuts, ended) => {
        const text = parts
          .map(([content, end], at) => content + (ended || at < parts.length - 1 ? end : ''))
          .join('');
        const isCommand = (content: string) => /^\s*::.*do|##\[do/.test(content);
        // The last line gets the newline that it lacks.
        const complete = text === '' || text.endsWith('\n') ? text : `${text}\n`;
        const expected = complete.split(/(?<=\n)|(?<=\r)(?!\n)/).filter((one) => one !== '');
        const result = read(cut(Buffer.from(text, 'latin1'), cuts));
        expect(result.text).toBe(expected.filter((one) => !isCommand(one)).join(''));
        expect(result.commands).toHaveLength(expected.filter(isCommand).length);
      }),
      { numRuns: 2_000 },
    );
  });

  test('carries a command out after the lines before it were shown', () => {
    expect(read(['one\n::do::\ntwo\n']).commands).toEqual(['::do::@4']);
  });

  test('passes on blocks of whole lines without copying them', () => {
    const chunk = Buffer.from('one\ntwo\nthr');
    const { blocks } = read([chunk, 'ee\n']);
    expect(blocks.map(String)).toEqual(['one\ntwo\n', 'three\n']);
  });

  test('does not ask about `::` in the middle of a line', () => {
    expect(read(['std::vector::push\n  a::b\n\t::c\n']).asked).toEqual(['\t::c']);
  });

  test('cuts a line without end, and no secret with it', () => {
    const masker = createMasker();
    masker.add('the-secret-value');
    const shown: Buffer[] = [];
    const reader = createOutputReader(masker, {
      command: () => undefined,
      lines: (block) => shown.push(masker.maskLines(block)),
    });
    const stream = `${'x'.repeat(1000)}the-secret-value`;
    for (let at = 0; at < 4_000; at++) reader.write(Buffer.from(stream));
    reader.end();
    const text = Buffer.concat(shown).toString();
    expect(text).not.toContain('secret');
    expect(text.replaceAll('\n', '')).toBe(`${'x'.repeat(1000)}***`.repeat(4_000));
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(1_200_000);
  });
});
