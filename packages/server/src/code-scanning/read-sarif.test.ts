import { expect, test } from 'vitest';
import { readSarif } from './read-sarif.ts';

const where = { defaultCategory: '.github/workflows/scan.yml:scan', checkoutUri: 'file:///work/app/' };

function analysesOf(run: object) {
  const read = readSarif(JSON.stringify({ version: '2.1.0', runs: [run] }), where);
  if ('errors' in read) throw new Error(read.errors.join('; '));
  return read.analyses;
}

function result(uri: string, more: object = {}) {
  const physicalLocation = { artifactLocation: { uri }, region: { startLine: 3 } };
  return { ruleId: 'R', message: { text: 'm' }, locations: [{ physicalLocation }], ...more };
}

const tool = (rules: object[] = []) => ({ driver: { name: 'T', semanticVersion: '1.2.3', rules } });

test('the category is what stands before the last slash of the run, else what the upload says', () => {
  const named = analysesOf({ tool: tool(), automationDetails: { id: 'trivy/api/2026-01-01' }, results: [] });
  expect(named).toMatchObject([{ category: 'trivy/api', tool: 'T', toolVersion: '1.2.3' }]);
  expect(analysesOf({ tool: tool(), results: [] })).toMatchObject([{ category: where.defaultCategory }]);
});

test('paths are relative to where the repository was checked out', () => {
  const uris = ['file:///work/app/src/a%20b.ts', 'src/c.ts', './d.ts', 'file:///elsewhere/e.ts'];
  const [analysis] = analysesOf({ tool: tool(), results: uris.map((uri) => result(uri)) });
  expect(analysis?.findings.map(({ path }) => path)).toEqual([
    'src/a b.ts',
    'src/c.ts',
    'd.ts',
    'elsewhere/e.ts',
  ]);
});

test('a finding keeps its fingerprint when it moves, and two alike in one file have two', () => {
  const at = (startLine: number) => ({
    locations: [{ physicalLocation: { artifactLocation: { uri: 'a' }, region: { startLine } } }],
  });
  const of = (results: object[]) =>
    analysesOf({ tool: tool(), results })[0]?.findings.map((one) => one.fingerprint);
  const [first] = of([result('a', at(3))]) ?? [];
  expect(of([result('a', at(30))])).toEqual([first]);
  expect(of([result('b')])).not.toEqual([first]);
  expect(new Set(of([result('a', at(1)), result('a', at(2))])).size).toBe(2);
  const marked = { partialFingerprints: { primaryLocationLineHash: 'abc:1' } };
  expect(of([result('a', { ...marked, message: { text: 'x' } })])).toEqual(
    of([result('a', { ...marked, message: { text: 'y' } })]),
  );
});

test.each([
  ['9.0', 'critical'],
  ['7.0', 'high'],
  ['4.0', 'medium'],
  ['0.1', 'low'],
  ['0.0', null],
  ['no number', null],
])('a score of %s is %s', (score, expected) => {
  const rules = [{ id: 'R', properties: { 'security-severity': score } }];
  const [analysis] = analysesOf({ tool: tool(rules), results: [result('a')] });
  expect(analysis?.findings[0]?.rule.securitySeverity).toBe(expected);
});

test('the gravest findings come first, and those that were suppressed are left out', () => {
  const rules = [
    { id: 'N', defaultConfiguration: { level: 'note' } },
    { id: 'E', defaultConfiguration: { level: 'error' } },
  ];
  const results = [
    result('a', { ruleId: 'N' }),
    result('a', { ruleId: 'E' }),
    result('a', { ruleId: 'E', suppressions: [{ status: 'accepted' }] }),
  ];
  const [analysis] = analysesOf({ tool: tool(rules), results });
  expect(analysis?.findings.map(({ ruleId }) => ruleId)).toEqual(['E', 'N']);
});

test.each([
  ['no JSON', '{', /is not JSON/],
  ['another version', '{"version":"1.0.0","runs":[]}', /version/],
  [
    'a result without a message',
    '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T"}},"results":[{}]}]}',
    /runs\.0\.results\.0\.message/,
  ],
])('%s is said to be wrong, with the place', (_, json, expected) => {
  expect(readSarif(json, where)).toEqual({ errors: [expect.stringMatching(expected)] });
});
