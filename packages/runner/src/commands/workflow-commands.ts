import { envOf, type RunningStep } from '../steps/running-step.ts';
import { readAnnotation } from './annotation-command.ts';
import { addMatchers, removeMatchers } from './matcher-commands.ts';
import { parseWorkflowCommand, type WorkflowCommand } from './workflow-command.ts';

/** Knows the workflow commands that one step may print, on any of its streams. */
export interface WorkflowCommands {
  /** What carries the line out if it is a command; undefined if it is to be shown as it is. */
  read(line: string): (() => void) | undefined;
}

/** @see https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs */
export function createWorkflowCommands(step: RunningStep): WorkflowCommands {
  /** While set, only the command of this name is heard: it ends the silence. */
  let resumeToken: string | undefined;
  const isResume = (name: string) => name.toLowerCase() === resumeToken?.toLowerCase();

  function stop(line: string, token: string): void {
    if (!isAcceptableToken(token) && !allows(step, 'ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS')) {
      throw new Error(
        "stop-commands needs a token that is neither empty, 'pause-logging' nor the name of a workflow command.",
      );
    }
    resumeToken = token;
    if (token.length > 6) step.job.masker.add(token);
    step.report.log.line(line);
  }

  return {
    read(line) {
      const command = parseWorkflowCommand(line, (name) => isKnown(name) || isResume(name));
      if (command === undefined) return undefined;
      if (resumeToken !== undefined) {
        if (!isResume(command.name)) return undefined;
        return () => {
          resumeToken = undefined;
          step.report.log.line(line);
        };
      }
      const name = command.name.toLowerCase() as CommandName | 'stop-commands';
      if (name === 'stop-commands') return () => attempt(step, line, () => stop(line, command.data));
      const isSilent = silentCommands.has(name);
      return () => {
        if (step.echoesCommands && !isSilent) step.report.log.line(line);
        attempt(step, isSilent ? name : line, () => handlers[name](step, command));
      };
    },
  };
}

function attempt(step: RunningStep, shown: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    step.report.error(`Unable to process command '${shown}' successfully.`);
    step.report.error(error);
    step.commandFailed = true;
  }
}

type CommandName = keyof typeof handlers;

function isKnown(name: string): boolean {
  return name.toLowerCase() === 'stop-commands' || Object.hasOwn(handlers, name.toLowerCase());
}

function isAcceptableToken(token: string): boolean {
  return token !== '' && token.toLowerCase() !== 'pause-logging' && !isKnown(token);
}

/** They are shown in a form of their own, or must not be shown at all. */
const silentCommands = new Set(['add-mask', 'debug', 'error', 'notice', 'warning']);

const handlers = {
  'add-mask': addMask,
  'add-matcher': addMatchers,
  'add-path'(step: RunningStep, { data }: WorkflowCommand) {
    refuseUnlessAllowed(step, 'add-path');
    if (data === '') throw new Error('add-path needs a folder.');
    step.environment.addPath(data);
  },
  debug: (step: RunningStep, { data }: WorkflowCommand) => step.report.debug(data),
  echo: setEcho,
  endgroup: (step: RunningStep) => step.report.log.line('##[endgroup]'),
  error: (step: RunningStep, command: WorkflowCommand) =>
    step.report.annotate(readAnnotation('error', command, step)),
  group: (step: RunningStep, { data }: WorkflowCommand) => step.report.log.line(`##[group]${data}`),
  notice: (step: RunningStep, command: WorkflowCommand) =>
    step.report.annotate(readAnnotation('notice', command, step)),
  'remove-matcher': removeMatchers,
  'save-state'(step: RunningStep, command: WorkflowCommand) {
    warnOfDeprecation(step, 'save-state');
    step.memory.state.set(nameOf(command), command.data);
  },
  'set-env': setEnv,
  'set-output'(step: RunningStep, command: WorkflowCommand) {
    warnOfDeprecation(step, 'set-output');
    step.outputs[nameOf(command)] = command.data;
  },
  warning: (step: RunningStep, command: WorkflowCommand) =>
    step.report.annotate(readAnnotation('warning', command, step)),
} satisfies Record<string, (step: RunningStep, command: WorkflowCommand) => void>;

function addMask(step: RunningStep, { data }: WorkflowCommand): void {
  if (data.trim() === '') {
    step.report.warning("Can't add secret mask for empty string in ##[add-mask] command.");
    return;
  }
  step.job.masker.add(data);
  if (step.echoesCommands) step.report.log.line('::add-mask::***');
}

function setEcho(step: RunningStep, { data }: WorkflowCommand): void {
  const wanted = data.trim().toLowerCase();
  if (wanted !== 'on' && wanted !== 'off') {
    throw new Error(
      `Invalid echo command value. Possible values can be: 'on', 'off'. Current value is: '${data}'.`,
    );
  }
  step.echoesCommands = wanted === 'on';
}

function setEnv(step: RunningStep, command: WorkflowCommand): void {
  refuseUnlessAllowed(step, 'set-env');
  const name = nameOf(command);
  if (name.toUpperCase() === 'NODE_OPTIONS') {
    step.report.error(`Can't update ${name} environment variable using ::set-env:: command.`);
    return;
  }
  step.environment.set(name, command.data);
}

function nameOf({ name, properties }: WorkflowCommand): string {
  const value = properties.get('name');
  if (!value) throw new Error(`Required field 'name' is missing in ##[${name}] command.`);
  return value;
}

function refuseUnlessAllowed(step: RunningStep, command: string): void {
  if (allows(step, 'ACTIONS_ALLOW_UNSECURE_COMMANDS')) return;
  const file = command === 'set-env' ? 'GITHUB_ENV' : 'GITHUB_PATH';
  throw new Error(
    `The \`${command}\` command is disabled. Write to the file $${file} instead, or, if the output can be trusted, set the environment variable ACTIONS_ALLOW_UNSECURE_COMMANDS to true.`,
  );
}

function allows(step: RunningStep, variable: string): boolean {
  return envOf(step)[variable]?.trim().toLowerCase() === 'true';
}

function warnOfDeprecation(step: RunningStep, command: string): void {
  const file = command === 'set-output' ? 'GITHUB_OUTPUT' : 'GITHUB_STATE';
  step.report.warning(`The \`${command}\` command is deprecated. Write to the file $${file} instead.`);
}
