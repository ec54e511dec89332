import { join } from 'node:path';
import type { Diagnostic } from '@slipway/workflow';
import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { slipwayHome } from '../machine/slipway-home.ts';
import { findRepositoryRoot } from '../repository/repository-root.ts';
import { version } from '../version.ts';
import { printOut } from '../view/print.ts';
import { chooseStyle } from '../view/style.ts';
import { isTerminal } from '../view/terminal.ts';
import { diagnosticsJson, diagnosticsText } from '../workflows/diagnostics-text.ts';
import { findLintFiles } from '../workflows/lint-files.ts';
import { createModelCache } from '../workflows/model-cache.ts';
import { readActionModel, readWorkflowModel } from '../workflows/read-models.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'lint',
  summary: 'say what is wrong with workflow and action files',
  description: [
    'Reads workflow files and action.yml files and reports every error with its place and its mend. Without PATH: the files of .github/workflows and all action files of the repository.',
    'Exit status: 0 no errors; 1 errors; 2 wrong usage.',
  ],
  argument: { name: 'PATH', repeatable: true, help: 'file, or folder of workflow files' },
  options: [{ name: 'format', value: 'FORMAT', help: 'text or json; default text' }],
  examples: [
    { line: 'slipway lint', says: 'everything in this repository' },
    { line: 'slipway lint --format json ci.yml', says: 'one file, for a program' },
  ],
};

export const lintCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const format = typed.values.get('format')?.[0] ?? 'text';
  if (format !== 'text' && format !== 'json') {
    return refuse([{ message: `--format '${format}' is unknown`, mend: 'Use text or json.' }]);
  }
  const from = process.cwd();
  const root = findRepositoryRoot(from) ?? from;
  const { files, mistakes } = await findLintFiles(root, { named: typed.arguments, from });
  if (mistakes.length > 0) return refuse(mistakes);
  const cache = createModelCache(join(slipwayHome(process.env), 'models'), version);
  const diagnostics: Diagnostic[] = [];
  for (const { kind, ...file } of files) {
    const read = kind === 'action' ? readActionModel(file, cache) : readWorkflowModel(file, cache);
    diagnostics.push(...(await read).diagnostics);
  }
  const style = chooseStyle(process.env, await isTerminal(process.env));
  const text = format === 'json' ? diagnosticsJson(diagnostics) : diagnosticsText(diagnostics, style);
  printOut(text);
  return diagnostics.some(({ severity }) => severity === 'error') ? exitStatus.failure : exitStatus.success;
}
