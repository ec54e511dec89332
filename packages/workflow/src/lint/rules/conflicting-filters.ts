import { childOf, namedEntries } from '../../reader/convert/access.ts';
import type { Rule } from '../rule.ts';

export const conflictingFilters: Rule = {
  code: 'conflicting-filters',
  severity: 'error',
  why: 'GitHub starts no run from an event that has a filter and its `-ignore` form.',
  mend: 'Keep one of them and exclude with `!`.',
  *check({ root }) {
    for (const { name: event, value } of namedEntries(childOf(root, 'on'))) {
      for (const filter of ['branches', 'tags', 'paths']) {
        const pair = namedEntries(value).filter(({ name }) => name === filter || name === `${filter}-ignore`);
        const second = pair[1];
        if (!second) continue;
        yield {
          at: second.at,
          message: `\`${event}\` has both \`${filter}\` and \`${filter}-ignore\`.`,
          mend: `Keep \`${filter}\`, and exclude with \`- '!pattern'\`.`,
        };
      }
    }
  },
};
