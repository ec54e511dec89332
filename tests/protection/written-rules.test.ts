import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readProtection } from '@slipway/server/protection';
import { expect, test } from 'vitest';
import { contexts, referenceRules } from './reference-rules.ts';

const root = path.join(import.meta.dirname, '../..');

test('the rules in the documentation are read', () => {
  const page = readFileSync(path.join(root, 'docs/pull-requests.md'), 'utf8');
  const [, written = ''] = /```yaml\n([\s\S]+?)```/.exec(page) ?? [];
  const { value, diagnostics } = readProtection(written);
  expect(diagnostics).toEqual([]);
  expect(value).toMatchObject([{ name: 'main', enforceAdmins: true, reviews: { codeOwners: true } }]);
});

test('the rules of the reference pipeline are read whole', () => {
  const { value } = readProtection(Object.values(referenceRules()).join(''));
  expect(value).toEqual([
    {
      name: 'main',
      statusChecks: { strict: true, contexts },
      reviews: { approvals: 1, dismissStale: true, codeOwners: false },
      enforceAdmins: true,
      linearHistory: true,
      allowForcePushes: false,
      allowDeletions: false,
    },
  ]);
});
