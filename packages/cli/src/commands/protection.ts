import { readFileSync } from 'node:fs';
import type { ProtectionAnswer, ProtectionPlanAnswer } from '@slipway/contracts/api/pull-requests';
import type { CommandSpec, Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { meant } from '../command-line/suggestion.ts';
import { chooseProject, projectOption } from '../pull-requests/project-choice.ts';
import { planText, rulesText } from '../pull-requests/protection-text.ts';
import { callServer } from '../server/call-server.ts';
import { type ServerAccess, serverOptions } from '../server/server-access.ts';
import { withServer } from '../server/server-command.ts';
import { printError, printOut } from '../view/print.ts';
import { chooseStyle } from '../view/style.ts';
import { isTerminal } from '../view/terminal.ts';
import { diagnosticsText } from '../workflows/diagnostics-text.ts';
import type { Command } from './command-table.ts';

const usualFile = '.github/branch-protection.yml';

const spec: CommandSpec = {
  name: 'protection',
  summary: 'show, check and apply the rules of protected branches',
  description: [
    'ACTION is show (default), check [FILE], plan or apply. The rules are in .github/branch-protection.yml on the default branch, with the keys of the REST interface of GitHub.',
    'show says which are in force on a server. check reads the file, without a server. For a project on GitHub plan says how the protection there differs, and apply changes it; what the file does not name is left alone.',
  ],
  argument: { name: 'ACTION', repeatable: true, help: 'show, check [FILE], plan, apply' },
  options: [projectOption, ...serverOptions, { name: 'json', help: 'print one JSON object' }],
  examples: [
    { line: 'slipway protection check', says: `reads ${usualFile}` },
    { line: 'slipway protection plan --project octo/app', says: 'what apply would change at GitHub' },
  ],
};

export const protectionCommand: Command = { spec, execute };

const actions = ['show', 'check', 'plan', 'apply'];

async function execute(typed: TypedArguments): Promise<number> {
  const [action = 'show', file] = typed.arguments;
  const mistakes = assessWords(typed.arguments);
  if (mistakes.length > 0) return refuse(mistakes);
  if (action === 'check') return check(file ?? usualFile, typed);
  const { project, mistake } = chooseProject(typed, process.env, process.cwd());
  if (mistake !== null) return refuse([mistake]);
  const path = `/projects/${project}/protection`;
  return withServer(typed, (access) => {
    if (action === 'show') return show(access, path, typed);
    return plan(access, { path, isApply: action === 'apply' }, typed);
  });
}

function assessWords([action = 'show', ...others]: readonly string[]): Mistake[] {
  if (!actions.includes(action)) {
    const mend = meant(action, actions) ?? 'Write show, check, plan or apply.';
    return [{ message: `there is no action '${action}'`, mend }];
  }
  const unexpected = others[action === 'check' ? 1 : 0];
  return unexpected === undefined
    ? []
    : [{ message: `unexpected argument '${unexpected}'`, mend: 'Leave it out.' }];
}

async function check(file: string, { switches }: TypedArguments): Promise<number> {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch {
    return refuse([{ message: `cannot read ${file}`, mend: 'Name a file that can be read.' }]);
  }
  const { readProtection } = await import('@slipway/server/protection');
  const { value, diagnostics } = readProtection(content, file);
  if (switches.has('json')) printOut(`${JSON.stringify({ branches: value ?? null, diagnostics })}\n`);
  else if (value !== undefined) printOut(rulesText(value));
  if (value === undefined && !switches.has('json')) await printDiagnostics(diagnostics);
  return value === undefined ? exitStatus.invalid : exitStatus.success;
}

async function show(access: ServerAccess, path: string, { switches }: TypedArguments): Promise<number> {
  const answer = await callServer<ProtectionAnswer>(access, { path });
  if (switches.has('json')) {
    printOut(`${JSON.stringify(answer)}\n`);
    return exitStatus.success;
  }
  printOut(answer.branches.length === 0 ? 'No branch is protected.\n' : rulesText(answer.branches));
  if (answer.diagnostics.length > 0) {
    printError(`The file cannot be read as it is now: these rules are of ${answer.sha ?? 'nothing'}.\n`);
    await printDiagnostics(answer.diagnostics);
  }
  return exitStatus.success;
}

async function plan(
  access: ServerAccess,
  { path, isApply }: { path: string; isApply: boolean },
  { switches }: TypedArguments,
): Promise<number> {
  const call = isApply
    ? ({ method: 'POST', path: `${path}/apply` } as const)
    : ({ method: 'GET', path: `${path}/plan` } as const);
  const answer = await callServer<ProtectionPlanAnswer>(access, call);
  printOut(switches.has('json') ? `${JSON.stringify(answer)}\n` : planText(answer));
  const isWhole = answer.branches.every(({ kind }) => kind !== 'pattern' && kind !== 'unknown-branch');
  return isWhole ? exitStatus.success : exitStatus.failure;
}

async function printDiagnostics(diagnostics: ProtectionAnswer['diagnostics']): Promise<void> {
  printError(diagnosticsText(diagnostics, chooseStyle(process.env, await isTerminal(process.env))));
}
