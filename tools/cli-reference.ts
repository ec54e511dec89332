import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandHelp, programHelp } from '../packages/cli/src/command-line/help.ts';
import { commandTable } from '../packages/cli/src/commands/command-table.ts';

/** `node tools/cli-reference.ts` writes docs/reference/cli.md from the help texts; with `--check` it only says whether it is current. */
const path = join(import.meta.dirname, '../docs/reference/cli.md');

const specs = await Promise.all(Object.values(commandTable).map(async (load) => (await load()).spec));
const block = (text: string): string => `\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
const reference = [
  '# Command line',
  '',
  '<!-- Made by tools/cli-reference.ts from the help texts; change those. -->',
  '',
  block(programHelp(specs)),
  ...specs.flatMap((spec) => [`## slipway ${spec.name}`, '', block(commandHelp(spec))]),
].join('\n');

if (!process.argv.includes('--check')) writeFileSync(path, reference);
else if (readFileSync(path, 'utf8') !== reference) {
  process.stderr.write('docs/reference/cli.md is not current: run node tools/cli-reference.ts\n');
  process.exitCode = 1;
}
