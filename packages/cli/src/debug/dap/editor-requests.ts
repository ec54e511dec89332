import { basename } from 'node:path';
import type { PauseDecision, PausedStep, StepFrame } from '@slipway/runner';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { refreshNotes, renewStep } from '../edited-step.ts';
import type { HoldRules, Stride } from '../hold-rules.ts';
import { bareExpression } from '../shown-value.ts';
import type { RequestHandler } from './editor-session.ts';
import type { HeldStep, JobThread, JobThreads } from './job-threads.ts';
import type { LineBreakpoints } from './line-breakpoints.ts';
import { summaryOf, typeOf, type ValueHandles } from './value-handles.ts';

/** What an editor's requests act on. */
export interface EditorWorld {
  rules: HoldRules;
  lines: LineBreakpoints;
  /** Whether jobs are held at their first step. */
  entry: { stops: boolean };
  threads: JobThreads;
  values: ValueHandles;
  repositoryRoot: string;
  /** The runs may begin. */
  begin(): void;
  /** Ends the runs. */
  stop(): void;
  /** The editor is gone: nothing is held any more. */
  detach(): void;
}

/** @see https://microsoft.github.io/debug-adapter-protocol/specification */
export function editorRequests(world: EditorWorld): Record<string, RequestHandler> {
  return {
    ...sessionRequests(world),
    ...breakpointRequests(world),
    ...stepRequests(world),
    ...viewRequests(world),
  };
}

const capabilities: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsEvaluateForHovers: true,
  supportsTerminateRequest: true,
  supportTerminateDebuggee: true,
  supportsRestartFrame: true,
  exceptionBreakpointFilters: [
    {
      filter: 'failure',
      label: 'Failed steps',
      description: 'Hold a job where a step has failed',
      default: true,
    },
  ],
};

function sessionRequests({ entry, begin, stop, detach }: EditorWorld): Record<string, RequestHandler> {
  let launched = false;
  const start = ({ stopOnEntry }: { stopOnEntry?: boolean }, { command }: DebugProtocol.Request): void => {
    launched = command === 'launch';
    entry.stops = stopOnEntry === true;
  };
  return {
    initialize: () => capabilities,
    launch: start,
    attach: start,
    configurationDone: begin,
    terminate: stop,
    disconnect({ terminateDebuggee = launched }: DebugProtocol.DisconnectArguments): void {
      if (terminateDebuggee) stop();
      detach();
      begin();
    },
  };
}

function breakpointRequests({ rules, lines }: EditorWorld): Record<string, RequestHandler> {
  return {
    setBreakpoints({ source, breakpoints = [] }: DebugProtocol.SetBreakpointsArguments) {
      const bound = lines.set(
        source.path ?? '',
        breakpoints.map(({ line }) => line),
      );
      return {
        breakpoints: bound.map((line) =>
          line === null ? { verified: false, message: 'There is no step here.' } : { verified: true, line },
        ),
      };
    },
    setExceptionBreakpoints({ filters }: DebugProtocol.SetExceptionBreakpointsArguments): void {
      rules.onFailure = filters.includes('failure');
    },
    setFunctionBreakpoints: () => ({ breakpoints: [] }),
  };
}

function stepRequests(world: EditorWorld): Record<string, RequestHandler> {
  const { threads, rules } = world;
  const stride =
    (how: Stride) =>
    async ({ threadId }: { threadId: number }) => {
      const held = heldOf(threads.byId(threadId));
      // A failure stays one: to run the step again is 'restart frame'.
      const decision: PauseDecision =
        held.step.reason === 'failure' ? { kind: 'fail' } : await renewed(held.step, world);
      release(held, { how, decision }, world);
      return { allThreadsContinued: false };
    };
  return {
    continue: stride('on'),
    next: stride('over'),
    stepIn: stride('in'),
    stepOut: stride('out'),
    pause({ threadId }: DebugProtocol.PauseArguments): void {
      rules.interrupt(threads.byId(threadId));
    },
    async restartFrame({ frameId }: DebugProtocol.RestartFrameArguments) {
      const { held } = frameOf(threads, frameId);
      release(held, { how: 'on', decision: await renewed(held.step, world) }, world);
    },
  };
}

/** @throws Error that says what is wrong with the edited file */
async function renewed(step: PausedStep, { repositoryRoot }: EditorWorld): Promise<PauseDecision> {
  const renewal = await renewStep(step, repositoryRoot);
  if (renewal.kind === 'invalid') throw new Error(renewal.problems.join('\n'));
  return renewal.decision;
}

function release(
  held: HeldStep,
  { how, decision }: { how: Stride; decision: PauseDecision },
  { rules, values }: EditorWorld,
): void {
  rules.go(held.step, how);
  values.clear();
  held.decide(decision);
}

function viewRequests(world: EditorWorld): Record<string, RequestHandler> {
  const { threads, values } = world;
  return {
    threads: () => ({ threads: threads.all.map(({ id, name }) => ({ id, name })) }),
    stackTrace({ threadId }: DebugProtocol.StackTraceArguments) {
      const thread = threads.byId(threadId);
      const stackFrames = (thread.held?.step.frames ?? []).map((frame, index) =>
        stackFrame(thread, frame, index),
      );
      return { stackFrames, totalFrames: stackFrames.length };
    },
    scopes({ frameId }: DebugProtocol.ScopesArguments) {
      const { held, index } = frameOf(threads, frameId);
      const contexts = Object.entries(held.step.contexts(index)).filter(([, value]) => value !== null);
      return {
        scopes: contexts.map(([name, value]) => ({
          name,
          variablesReference: values.refer(value),
          expensive: false,
        })),
      };
    },
    variables: ({ variablesReference }: DebugProtocol.VariablesArguments) => ({
      variables: values.variables(variablesReference),
    }),
    evaluate: (args: DebugProtocol.EvaluateArguments) => evaluate(args, world),
  };
}

/** In the console also words that act: `retry`, `pass`, `refresh`. */
async function evaluate(
  { expression, frameId, context }: DebugProtocol.EvaluateArguments,
  world: EditorWorld,
): Promise<DebugProtocol.EvaluateResponse['body']> {
  const { held, index } = frameOf(world.threads, frameId ?? anyFrame(world.threads));
  const { step } = held;
  if (context === 'repl') {
    const said = await act(expression.trim(), held, world);
    if (said !== null) return { result: said, variablesReference: 0 };
  }
  const value = await step.evaluate(bareExpression(expression), index);
  return { result: summaryOf(value), type: typeOf(value), variablesReference: world.values.refer(value) };
}

async function act(word: string, held: HeldStep, world: EditorWorld): Promise<string | null> {
  switch (word) {
    case 'retry':
      release(held, { how: 'on', decision: await renewed(held.step, world) }, world);
      return 'The step runs as the files are now.';
    case 'pass':
      release(held, { how: 'on', decision: { kind: 'succeed' } }, world);
      return 'The step counts as succeeded.';
    case 'refresh':
      return refreshNotes(await held.step.refreshSources())[0] ?? 'Nothing was edited since.';
    default:
      return null;
  }
}

/** A frame's number tells its thread and its position. */
const framesOfThread = 1000;

function stackFrame(thread: JobThread, frame: StepFrame, index: number): DebugProtocol.StackFrame {
  const { title, place, file, source } = frame;
  return {
    id: thread.id * framesOfThread + index,
    name: `${place}: ${title}`,
    line: file === undefined ? 0 : source.at.line,
    column: file === undefined ? 0 : source.at.column,
    ...(file === undefined ? {} : { source: { name: basename(file), path: file } }),
    canRestart: index === 0,
  };
}

function frameOf(threads: JobThreads, frameId: number): { held: HeldStep; index: number } {
  const held = heldOf(threads.byId(Math.floor(frameId / framesOfThread)));
  return { held, index: frameId % framesOfThread };
}

function anyFrame(threads: JobThreads): number {
  const thread = threads.all.find(({ held }) => held !== null);
  if (thread === undefined) throw new Error('No job is held: there is nothing to evaluate in.');
  return thread.id * framesOfThread;
}

function heldOf({ name, held }: JobThread): HeldStep {
  if (held === null) throw new Error(`The job ${name} is not held.`);
  return held;
}
