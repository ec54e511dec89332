import type { RunEvent } from '@slipway/contracts';
import type { PauseDecision, PausedStep } from '@slipway/runner';
import {
  type Event,
  ExitedEvent,
  InitializedEvent,
  OutputEvent,
  StoppedEvent,
  TerminatedEvent,
  ThreadEvent,
} from '@vscode/debugadapter';
import { exitStatus } from '../../command-line/exit-status.ts';
import { withoutControl } from '../../view/control-sequences.ts';
import { isAt } from '../breakpoint.ts';
import type { DebugRequest } from '../debug-request.ts';
import type { Debugger, DebuggerOptions } from '../debugger.ts';
import { HoldRules } from '../hold-rules.ts';
import { editorRequests } from './editor-requests.ts';
import { type EditorSession, editorSession } from './editor-session.ts';
import { JobThreads } from './job-threads.ts';
import { LineBreakpoints } from './line-breakpoints.ts';
import type { Listener } from './listen.ts';
import { ValueHandles } from './value-handles.ts';

/** Lets an editor look into jobs. The runs begin when it has set its breakpoints; it may go and come back. */
export function editorDebugger(
  { pauseOnFailure, breakpoints }: DebugRequest,
  listener: Listener,
  { session, repositoryRoot }: DebuggerOptions,
): Debugger {
  const rules = new HoldRules({ breakpoints, onFailure: pauseOnFailure });
  const lines = new LineBreakpoints();
  const entry = { stops: false };
  rules.breaksBefore = (step, isFirst) =>
    lines.isAt(step) || (entry.stops && isFirst) || breakpoints.some((one) => isAt(one, step, isFirst));
  const threads = new JobThreads();
  const begun = Promise.withResolvers<void>();
  let editor: EditorSession | null = null;
  const send = (event: Event) => editor?.send(event);

  function detach(): void {
    editor = null;
    lines.clear();
    entry.stops = false;
    rules.onFailure = false;
    for (const { held } of threads.all) held?.decide(goOn(held.step));
  }

  listener.onClient = (client) => {
    // Two editors would each undo what the other does.
    if (editor !== null) {
      client.destroy();
      return;
    }
    const current = editorSession(client, {
      handlers: editorRequests({
        rules,
        lines,
        entry,
        threads,
        values: new ValueHandles(),
        repositoryRoot,
        begin: () => begun.resolve(),
        stop: () => session.interruption.cancel('stopped by the debugger'),
        detach,
      }),
      onAnswered(command) {
        if (command === 'initialize') current.send(new InitializedEvent());
        if (command === 'disconnect') current.close();
      },
      onClose() {
        if (editor === current) detach();
      },
    });
    editor = current;
  };

  return {
    gate: {
      stops: (step) => editor !== null && rules.holds(step),
      pause: (step) => hold(step, threads, send),
    },
    async ready() {
      listener.hold();
      session.view.say(`Debugger: attach an editor to 127.0.0.1:${listener.port}; the run begins then`);
      session.interruption.signal.addEventListener('abort', () => begun.resolve(), { once: true });
      await begun.promise;
    },
    watch(event) {
      const change = threads.follow(event);
      if (change !== null) send(new ThreadEvent(change.kind, change.thread.id));
      const output = outputOf(event);
      if (output !== null) send(output);
    },
    async end(conclusion) {
      send(new ExitedEvent(conclusion === 'skipped' ? 0 : exitStatus[conclusion]));
      send(new TerminatedEvent());
      listener.close();
    },
  };
}

/** What becomes of a held step when nobody decides any more. */
function goOn({ reason }: PausedStep): PauseDecision {
  return reason === 'before' ? { kind: 'run' } : { kind: 'fail' };
}

async function hold(
  step: PausedStep,
  threads: JobThreads,
  send: (event: Event) => void,
): Promise<PauseDecision> {
  const thread = threads.of(step);
  if (thread === undefined) return goOn(step);
  const decided = Promise.withResolvers<PauseDecision>();
  const decide = (decision: PauseDecision) => {
    thread.held = null;
    decided.resolve(decision);
  };
  thread.held = { step, decide };
  // The job goes on without a decision when it is cancelled.
  step.signal.addEventListener('abort', () => decide(goOn(step)), { once: true });
  const reason = step.reason === 'failure' ? 'exception' : 'breakpoint';
  const text = step.reason === 'failure' ? `The step '${step.frames[0]?.title}' failed.` : undefined;
  send(new StoppedEvent(reason, thread.id, text));
  return await decided.promise;
}

function outputOf(event: RunEvent): Event | null {
  if (event.kind !== 'job.progress') return null;
  if (event.event.kind === 'step.started')
    return new OutputEvent(`── ${event.jobKey}: ${event.event.name}\n`, 'console');
  if (event.event.kind !== 'step.log') return null;
  return new OutputEvent(Buffer.from(withoutControl(event.event.bytes)).toString('utf8'), 'stdout');
}
