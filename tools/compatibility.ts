import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaKeys } from '../packages/workflow/src/reader/schema/schema-keys.ts';
import { actionSupport, type SyntaxSupport, workflowSupport } from './syntax-support.ts';

/**
 * `node tools/compatibility.ts` writes the tables of docs/compatibility.md; with `--check` it only says whether they are
 * current. Either way every key of GitHub's schemas must be covered by a row, and every row be a key of them.
 */
const path = join(import.meta.dirname, '../docs/compatibility.md');
const [begin, end] = [
  '<!-- syntax: made by tools/compatibility.ts from tools/syntax-support.ts -->',
  '<!-- end of syntax -->',
];

const tables = [
  '### Workflow files',
  '',
  table(workflowSupport, schemaKeys('workflow')),
  '### Action files',
  '',
  table(actionSupport, schemaKeys('action')),
].join('\n');
const before = readFileSync(path, 'utf8');
const [head = '', rest = ''] = before.split(begin);
const tail = rest.split(end)[1] ?? '\n';
const after = `${head}${begin}\n\n${tables}\n${end}${tail}`;
if (!process.argv.includes('--check')) writeFileSync(path, after);
else if (after !== before) {
  process.stderr.write('docs/compatibility.md is not current: run node tools/compatibility.ts\n');
  process.exitCode = 1;
}

function table(rows: readonly SyntaxSupport[], keys: ReadonlySet<string>): string {
  const listed = new Set(rows.map(({ key }) => key));
  const unknown = [...listed].filter((key) => !keys.has(key));
  if (unknown.length > 0) throw new Error(`no such keys: ${unknown.join(', ')}`);
  const forgotten = [...keys].filter((key) => !isContainer(key, listed) && !isCovered(key, listed));
  if (forgotten.length > 0) throw new Error(`keys without a row: ${forgotten.join(', ')}`);
  const lines = rows.map(({ key, support, how }) => `| \`${key}\` | ${support} | ${how} |`);
  return ['| key | supported | how |', '|---|---|---|', ...lines, ''].join('\n');
}

function isCovered(key: string, listed: ReadonlySet<string>): boolean {
  return listed.has(key) || [...listed].some((row) => !isTop(row) && key.startsWith(`${row}.`));
}

/** Rows of these say nothing of the keys below them. */
function isTop(row: string): boolean {
  return row === 'on' || row === 'jobs' || row === 'jobs.<name>.steps';
}

function isContainer(key: string, listed: ReadonlySet<string>): boolean {
  return !listed.has(key) && [...listed].some((row) => row.startsWith(`${key}.`));
}
