import { expect, test } from 'vitest';
import { chunksToRemove, readStarts } from './outdated-chunks.ts';

const hourMs = 60 * 60 * 1000;
const now = 1_000 * hourMs;
const chunk = (name: string, hoursAgo: number) => ({ name, outdatedSince: now - hoursAgo * hourMs });

test('chunks of earlier builds go when no process runs that was started before they were outdated', () => {
  const chunks = [chunk('at once', 0), chunk('2', 2), chunk('30', 30), chunk('300', 300)];
  expect(chunksToRemove(chunks, { startedAt: [], now })).toEqual(['2', '30', '300']);
  const startedAt = [now - 100 * hourMs, now - 1 * hourMs];
  expect(chunksToRemove(chunks, { startedAt, now })).toEqual(['300']);
});

test('where processes cannot be seen, chunks go after a day', () => {
  const chunks = [chunk('2', 2), chunk('30', 30)];
  expect(chunksToRemove(chunks, { startedAt: null, now })).toEqual(['30']);
});

test('a process is of a bundle by its command, and its age is in minutes, hours or days', () => {
  const listing = `
      00:05 /usr/bin/node /srv/slipway/bin/../dist/slipway.cjs serve
   02:00:00 node ./dist/slipway.cjs runner
 3-00:00:01 node /srv/slipway/dist/slipway.cjs edge
      10:00 vim dist/other.cjs
`;
  const ages = readStarts(listing, now).map((at) => (now - at) / 1000);
  expect(ages).toEqual([6, 7_201, 3 * 24 * 60 * 60 + 2]);
});
