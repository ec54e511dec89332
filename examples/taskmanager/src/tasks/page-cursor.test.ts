import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from './page-cursor.ts';

const position = {
  createdAt: new Date('2026-03-02T08:00:00.123Z'),
  id: '7d0a4f7e-3a43-4d3e-9a53-0d2d6d6c8a11',
};

test('a cursor comes back as the position it was made from', () => {
  expect(decodeCursor(encodeCursor(position))).toEqual(position);
});

test.each([
  ['not base64 at all', '%%%'],
  ['not JSON', Buffer.from('hello').toString('base64url')],
  ['another shape', Buffer.from('["2026-03-02T08:00:00Z"]').toString('base64url')],
  ['an id that is no id', Buffer.from('["2026-03-02T08:00:00Z","1; drop table"]').toString('base64url')],
])('%s is refused', (_, token) => {
  expect(decodeCursor(token)).toBeUndefined();
});
