import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { PauseDecision, PausedStep, StepGate } from '@slipway/runner';
import { refreshNotes, renewStep } from './edited-step.ts';
import type { HoldRules } from './hold-rules.ts';
import { type PromptCommand, promptHelp, promptHint, readPromptCommand } from './prompt-command.ts';
import type { PromptTerminal } from './prompt-terminal.ts';
import { bareExpression, shownValue } from './shown-value.ts';

export interface TerminalGateOptions {
  rules: HoldRules;
  repositoryRoot: string;
  terminal: PromptTerminal;
  /** The last lines of the step's log. */
  logTail(step: PausedStep): string[];
  /** Ends the runs. */
  stop(): void;
}

/** Holds jobs and asks the person at the terminal what is to be done, one job at a time. */
export function terminalGate(options: TerminalGateOptions): StepGate {
  const { rules, terminal } = options;
  return {
    stops: (step) => rules.holds(step),
    pause: (step) => terminal.inTurn(() => converse(step, options)),
  };
}

async function converse(step: PausedStep, options: TerminalGateOptions): Promise<PauseDecision> {
  const { terminal } = options;
  if (step.signal.aborted) return { kind: 'fail' };
  for (const line of heading(step, options)) terminal.print(line);
  while (!step.signal.aborted) {
    const line = await terminal.ask(step.signal);
    // Nobody types any more: to wait on would be to wait for ever.
    const command: PromptCommand = line === null ? { kind: 'stop' } : readPromptCommand(line, step.reason);
    const decision = await attempt(terminal, () => obey(command, step, options));
    if (decision !== null) return decision;
  }
  return { kind: 'fail' };
}

function heading(step: PausedStep, { logTail }: TerminalGateOptions): string[] {
  const [frame, user] = step.frames;
  const where = user === undefined ? '' : ` of '${user.title}'`;
  const what = step.reason === 'failure' ? 'failed' : 'is next';
  const tail = step.reason === 'failure' ? logTail(step).map((line) => `  │ ${line}`) : [];
  return [
    ...tail,
    '',
    `‖ ${step.jobName}: step ${frame?.place} '${frame?.title}'${where} ${what}`,
    `  ${promptHint(step.reason)}`,
  ];
}

/** What the person does wrong is said; the prompt stays. */
async function attempt<T>(terminal: PromptTerminal, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    terminal.print(error instanceof Error ? error.message : String(error));
    return null;
  }
}

/** @returns null: the job stays held */
async function obey(
  command: PromptCommand,
  step: PausedStep,
  options: TerminalGateOptions,
): Promise<PauseDecision | null> {
  const { terminal, rules } = options;
  switch (command.kind) {
    case 'run':
    case 'next':
      return await renewed(command.kind, step, options);
    case 'fail':
    case 'succeed':
      rules.go(step, 'on');
      return { kind: command.kind };
    case 'stop':
      options.stop();
      return { kind: 'fail' };
    case 'shell':
      await openShell(step, terminal);
      return null;
    case 'refresh': {
      const paths = await step.refreshSources();
      const [note = 'Nothing was edited since.'] = refreshNotes(paths);
      terminal.print(paths === null ? 'The job has not checked out the repository.' : note);
      return null;
    }
    default:
      for (const line of await answer(command, step)) terminal.print(line);
      return null;
  }
}

async function renewed(
  how: 'run' | 'next',
  step: PausedStep,
  { terminal, rules, repositoryRoot }: TerminalGateOptions,
): Promise<PauseDecision | null> {
  const renewal = await renewStep(step, repositoryRoot);
  if (renewal.kind === 'invalid') {
    for (const problem of renewal.problems) terminal.print(problem);
    return null;
  }
  for (const note of renewal.notes) terminal.print(note);
  rules.go(step, how === 'next' ? 'over' : 'on');
  return renewal.decision;
}

type Question = Extract<
  PromptCommand,
  { kind: 'print' | 'contexts' | 'where' | 'help' | 'nothing' | 'unknown' }
>;

async function answer(command: Question, step: PausedStep): Promise<string[]> {
  switch (command.kind) {
    case 'print':
      return [shownValue(await step.evaluate(bareExpression(command.expression)))];
    case 'contexts': {
      const contexts = step.contexts();
      if (command.name === null) return [Object.keys(contexts).toSorted().join('  ')];
      const value = contexts[command.name];
      return [value === undefined ? `There is no context '${command.name}' here.` : shownValue(value)];
    }
    case 'where':
      return step.frames.map(({ title, place, file, source }) => {
        const where = file === undefined ? '' : `  ${file}:${source.at.line}`;
        return `  step ${place} '${title}'${where}`;
      });
    case 'help':
      return promptHelp(step.reason);
    case 'nothing':
      return [];
    case 'unknown':
      return [command.message];
    default:
      return command satisfies never;
  }
}

/** The terminal is the shell's until it ends; so is Ctrl-C. */
async function openShell(step: PausedStep, terminal: PromptTerminal): Promise<void> {
  const shell = step.openShell();
  terminal.print("Leave the shell with 'exit' or Ctrl-D.");
  try {
    const { file, args, directory, env } = shell;
    const child = spawn(file, args, { cwd: directory, env, stdio: 'inherit' });
    const onCancel = () => child.kill('SIGHUP');
    step.signal.addEventListener('abort', onCancel, { once: true });
    try {
      await once(child, 'close');
    } finally {
      step.signal.removeEventListener('abort', onCancel);
    }
  } finally {
    shell.close();
  }
}
