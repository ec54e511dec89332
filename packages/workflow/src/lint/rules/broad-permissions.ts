import { childOf, namedEntries, textOf } from '../../reader/convert/access.ts';
import type { Rule } from '../rule.ts';

export const broadPermissions: Rule = {
  code: 'broad-permissions',
  severity: 'warning',
  why: 'Any step, and any action of others, can use all that the token may do.',
  mend: 'Name the scopes that are needed.',
  *check({ root }) {
    const owners = [root, ...namedEntries(childOf(root, 'jobs')).map(({ value }) => value)];
    for (const owner of owners) {
      const permissions = childOf(owner, 'permissions');
      if (permissions && textOf(permissions) === 'write-all') {
        yield { at: permissions.at, message: '`write-all` lets the token do everything.' };
      }
    }
  },
};
