import { expect, it } from 'vitest';
import { applyEdits } from './text-edit.ts';

const place = (line: number, column: number) => ({ line, column });

it('replaces, inserts and deletes at once, whatever the order of the edits', () => {
  const edits = [
    { start: place(2, 1), end: place(2, 4), text: 'TWO' },
    { start: place(1, 1), end: place(1, 1), text: '> ' },
    { start: place(3, 1), end: place(4, 1), text: '' },
  ];
  expect(applyEdits('one\ntwo\nthree\nfour', edits)).toBe('> one\nTWO\nfour');
});

it('leaves out an edit that overlaps an earlier one', () => {
  const edits = [
    { start: place(1, 1), end: place(1, 3), text: 'X' },
    { start: place(1, 2), end: place(1, 4), text: 'Y' },
  ];
  expect(applyEdits('abcd', edits)).toBe('Xcd');
});
