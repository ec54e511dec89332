import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** `npm run coverage:summary -- FOLDER`: the totals of Vitest's coverage report in that folder as a Markdown table. */
const folder = process.argv[2];
if (!folder) {
  process.stderr.write('usage: npm run coverage:summary -- FOLDER\n');
  process.exit(2);
}

const measure = z.object({ total: z.number(), covered: z.number(), pct: z.number() });
const summary = z.object({
  total: z.object({ statements: measure, branches: measure, functions: measure, lines: measure }),
});

const file = join(folder, 'coverage-summary.json');
const text = await readFile(file, 'utf8').catch(() => undefined);
if (text === undefined) {
  process.stdout.write(`No coverage was measured: there is no ${file}.\n`);
} else {
  const rows = Object.entries(summary.parse(JSON.parse(text)).total).map(
    ([name, { covered, total, pct }]) => `| ${name} | ${pct} % | ${covered} of ${total} |`,
  );
  process.stdout.write(`### Coverage: ${folder}\n\n| | covered | |\n|---|--:|--:|\n${rows.join('\n')}\n`);
}
