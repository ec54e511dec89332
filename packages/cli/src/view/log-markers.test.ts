import { expect, it } from 'vitest';
import { withReadableMarkers } from './log-markers.ts';

const read = (text: string) => Buffer.from(withReadableMarkers(Buffer.from(text))).toString();

it('marks of groups go, marks of levels become words', () => {
  expect(
    read('##[group]Run npm test\nnpm test\n##[endgroup]\nfine – ü\n##[error]broken\n##[warning]old\n'),
  ).toBe('Run npm test\nnpm test\nfine – ü\nError: broken\nWarning: old\n');
});

it('what stands within a line, and what no mark is, stays', () => {
  const text = 'echo ##[error]x\n##[unknown]y\n';
  expect(read(text)).toBe(text);
});

it('gives back the very bytes when there is no mark', () => {
  const bytes = Buffer.from('plain\n');
  expect(withReadableMarkers(bytes)).toBe(bytes);
});

it('the lines of a script are set in instead of coloured', () => {
  expect(read('##[group]Run make\n\x1b[36;1mmake\x1b[0m\n##[endgroup]\n\x1b[36mok\x1b[0m\n')).toBe(
    'Run make\n  make\n\x1b[36mok\x1b[0m\n',
  );
});
