import { join } from 'node:path';
import type { LintFinding } from '@slipway/workflow/lint';
import type { CommandSpec, Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import type { LintContext } from '../lint/lint-files.ts';
import type { LintRequest } from '../lint/lint-request.ts';
import { slipwayHome } from '../machine/slipway-home.ts';
import { findRepositoryRoot } from '../repository/repository-root.ts';
import { version } from '../version.ts';
import { printError, printOut } from '../view/print.ts';
import { chooseStyle } from '../view/style.ts';
import { isTerminal } from '../view/terminal.ts';
import { findLintFiles, type LintFile } from '../workflows/lint-files.ts';
import { createModelCache } from '../workflows/model-cache.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'lint',
  summary: 'say what is wrong or risky in workflow and action files',
  description: [
    'Reads workflow files and action.yml files and reports what GitHub would refuse, what would fail and what is risky, each with its place and its mend. Without PATH: the files of .github/workflows and all action files of the repository. Scripts are checked by shellcheck where it is installed.',
    "A rule is silenced on a line by a comment with a reason, at its end or on the line before: '# slipway-ignore RULE: reason'. docs/lint.md explains every rule.",
    'Exit status: 0 no errors, warnings or not; 1 errors; 2 wrong usage.',
  ],
  argument: { name: 'PATH', repeatable: true, help: 'file, or folder of workflow files' },
  options: [
    { name: 'format', value: 'FORMAT', help: 'text, json or sarif; default text' },
    { name: 'fix', help: 'mend what is safe to mend, and say what was changed' },
    {
      name: 'online',
      help: 'ask the servers about actions that are not in the cache, and what their refs mean now',
    },
    { name: 'disable', value: 'RULE', repeatable: true, help: 'do not ask this rule' },
    {
      name: 'runner-label',
      value: 'LABEL',
      repeatable: true,
      help: 'a label that runners of your own have',
    },
    { name: 'rules', help: 'list the rules and why they matter' },
  ],
  examples: [
    { line: 'slipway lint', says: 'everything in this repository' },
    { line: 'slipway lint --fix --online', says: 'and pin actions to the commits that their tags mean' },
    { line: 'slipway lint --format sarif ci.yml', says: 'one file, for code scanning' },
  ],
};

export const lintCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const style = chooseStyle(process.env, await isTerminal(process.env));
  if (typed.switches.has('rules')) {
    const { rulesText } = await import('../lint/rules-text.ts');
    printOut(rulesText(style));
    return exitStatus.success;
  }
  const { readLintRequest } = await import('../lint/lint-request.ts');
  const { request, mistakes } = readLintRequest(typed);
  if (mistakes.length > 0) return refuse(mistakes);
  const from = process.cwd();
  const root = findRepositoryRoot(from) ?? from;
  const found = await findLintFiles(root, { named: request.paths, from });
  if (found.mistakes.length > 0) return refuse(found.mistakes);
  const { findings, mistakes: unwritten } = await findAndFix(found.files, request, contextOf(root));
  printOut(await written(findings, request, { files: found.files.length, style }));
  if (unwritten.length > 0) return refuse(unwritten);
  return findings.some(({ severity }) => severity === 'error') ? exitStatus.failure : exitStatus.success;
}

function contextOf(root: string): LintContext {
  const home = slipwayHome(process.env);
  return {
    root,
    home,
    cache: createModelCache(join(home, 'models'), version),
    environment: process.env,
    signal: new AbortController().signal,
  };
}

/** With `--fix`, what is left after it. */
async function findAndFix(
  files: readonly LintFile[],
  request: LintRequest,
  context: LintContext,
): Promise<{ findings: LintFinding[]; mistakes: Mistake[] }> {
  const { lintFiles } = await import('../lint/lint-files.ts');
  const linted = await lintFiles(files, request, context);
  const findings = linted.flatMap((one) => one.findings);
  if (!request.fix || !findings.some(({ fix }) => fix)) return { findings, mistakes: [] };
  const { fixFiles } = await import('../lint/fix-files.ts');
  const { fixesText } = await import('../lint/findings-text.ts');
  const { files: fixed, mistakes } = fixFiles(context.root, linted);
  printError(fixesText(fixed));
  const current = files.map((file) => fixed.find((one) => one.file.path === file.path)?.file ?? file);
  const left = await lintFiles(current, request, context);
  return { findings: left.flatMap((one) => one.findings), mistakes };
}

async function written(
  findings: readonly LintFinding[],
  { format }: LintRequest,
  { files, style }: { files: number; style: ReturnType<typeof chooseStyle> },
): Promise<string> {
  switch (format) {
    case 'json':
      return (await import('../workflows/diagnostics-text.ts')).diagnosticsJson(findings);
    case 'sarif': {
      const { toSarif } = await import('@slipway/workflow/lint');
      return `${JSON.stringify(toSarif(findings, version), null, 2)}\n`;
    }
    case 'text':
      return (await import('../lint/findings-text.ts')).findingsText(findings, files, style);
    default:
      return format satisfies never;
  }
}
