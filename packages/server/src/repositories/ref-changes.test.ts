import { describe, expect, it } from 'vitest';
import { noCommit } from './read-commits.ts';
import { isTold, refChanges } from './ref-changes.ts';

const one = '1'.repeat(40);
const two = '2'.repeat(40);

describe('changes of refs', () => {
  it('are what is new, gone or elsewhere since refs were last told of', () => {
    const known = new Map([
      ['refs/heads/gone', { sha: one, version: 3 }],
      ['refs/heads/main', { sha: one, version: 7 }],
      ['refs/heads/same', { sha: one, version: 1 }],
    ]);
    const actual = new Map([
      ['refs/heads/main', two],
      ['refs/heads/same', one],
      ['refs/heads/topic', two],
    ]);
    expect(refChanges(known, actual)).toEqual([
      { ref: 'refs/heads/gone', before: one, after: noCommit, version: 3 },
      { ref: 'refs/heads/main', before: one, after: two, version: 7 },
      { ref: 'refs/heads/topic', before: noCommit, after: two, version: 0 },
    ]);
  });

  it('tell of a ref that was deleted and comes again, counting on', () => {
    const known = new Map([['refs/heads/topic', { sha: noCommit, version: 4 }]]);
    expect(refChanges(known, new Map())).toEqual([]);
    expect(refChanges(known, new Map([['refs/heads/topic', one]]))).toEqual([
      { ref: 'refs/heads/topic', before: noCommit, after: one, version: 4 },
    ]);
  });

  it('start nothing for tags when there are more than three, as on GitHub', () => {
    const tags = (count: number) =>
      refChanges(new Map(), new Map(Array.from({ length: count }, (_, n) => [`refs/tags/v${n}`, one])));
    const three = tags(3);
    const four = [...tags(4), { ref: 'refs/heads/main', before: one, after: two, version: 1 }];
    expect(three.filter((change) => isTold(change, three))).toHaveLength(3);
    expect(four.filter((change) => isTold(change, four)).map(({ ref }) => ref)).toEqual(['refs/heads/main']);
  });
});
