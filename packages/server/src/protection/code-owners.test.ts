import { expect, test } from 'vitest';
import { ownersOf, readCodeOwners } from './code-owners.ts';

const rules = readCodeOwners(`# everything
*           @everyone
*.js        @js-owner   # inline
/build/logs/ @doctocat
docs/*      docs@example.com
apps/       @octocat @hubot
/scripts/free
**/deep/x   @deep
!nothing    @no
with\\ space @spaced
`);

test.each([
  ['readme.md', ['@everyone']],
  ['src/a.js', ['@js-owner']],
  ['build/logs/today/x', ['@doctocat']],
  ['other/build/logs/x', ['@everyone']],
  ['docs/start.md', ['docs@example.com']],
  ['docs/build/deeper.md', ['@everyone']],
  ['lib/apps/x.js', ['@octocat', '@hubot']],
  ['scripts/free', []],
  ['a/deep/x/y', ['@deep']],
  ['nothing', ['@everyone']],
  ['with space', ['@spaced']],
  ['Docs/start.md', ['@everyone']],
])('%s is owned by %j: of the lines that match the last says', (path, owners) => {
  expect(ownersOf(rules, path)).toEqual(owners);
});
