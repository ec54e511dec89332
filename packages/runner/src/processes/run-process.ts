import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { OutputPipe, OutputPipes } from './output-pipes.ts';
import { isRunning, listDescendants } from './process-table.ts';
import type { PipeReading } from './read-pipe.ts';

export interface ProcessRequest {
  /** Absolute path of the program. */
  file: string;
  args: string[];
  directory: string;
  /** The whole environment. */
  env: Record<string, string>;
  pipes: OutputPipes;
  stdout: ProcessOutput;
  stderr: ProcessOutput;
  /** Asks the process to end: SIGINT, after 7.5 s SIGTERM, after 2.5 s more SIGKILL to all of its tree. */
  cancel: AbortSignal;
  /** SIGKILL to all of its tree at once. */
  kill: AbortSignal;
}

export interface ProcessOutput {
  /** Returns a promise where no more is to be read until it resolves. */
  write(chunk: Buffer): Promise<void> | undefined;
  /** No more will be written, though the stream may still be held open. */
  end(): void;
  /** Whether any chunk is still looked at; while none is, their memory is written to again. Absent: they are kept. */
  readonly keeps?: boolean;
}

export interface ProcessResult {
  /** 128 + the signal's number for a process that a signal ended, as shells say it. */
  exitCode: number;
}

const graceAfterInterruptMs = 7_500;
const graceAfterTerminateMs = 2_500;
/** How long output is awaited that a child in the background holds open after the process has ended. */
const heldOutputMs = 5_000;

/**
 * Runs a process in a session of its own (so that the terminal's Ctrl-C does not reach it, and no tool can ask on the
 * terminal), stdin empty. Resolves when it has ended and its output is read.
 * @throws the error of spawn, e.g. ENOENT for the directory or E2BIG for the environment
 * @see https://github.com/actions/runner/blob/main/src/Runner.Sdk/ProcessInvoker.cs
 */
export async function runProcess(request: ProcessRequest): Promise<ProcessResult> {
  const pipes = await request.pipes.open();
  const [stdout, stderr] = pipes;
  const outputs = [stdout.read(request.stdout), stderr.read(request.stderr)];
  const child = start(request, pipes);
  const stopGuarding = guard(child, request);
  try {
    const exitCode = await exitOf(child);
    stopGuarding();
    const isTold = request.cancel.aborted && child.pid !== undefined;
    // What the process started and did not end itself ends with it, if it was told to end. Shells let their
    // background children ignore SIGINT.
    if (isTold) signalGroup(child.pid, 'SIGTERM');
    await drain(outputs, request);
    if (isTold) signalGroup(child.pid, 'SIGKILL');
    return { exitCode };
  } finally {
    stopGuarding();
    for (const output of outputs) output.finish();
  }
}

function start(request: ProcessRequest, [stdout, stderr]: [OutputPipe, OutputPipe]): ChildProcess {
  try {
    return spawn(request.file, request.args, {
      cwd: request.directory,
      env: request.env,
      stdio: ['ignore', stdout.writer, stderr.writer],
      detached: true,
    });
  } finally {
    stdout.closeWriter();
    stderr.closeWriter();
  }
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}

async function drain(outputs: PipeReading[], request: ProcessRequest): Promise<void> {
  const ended = Promise.all(outputs.map((output) => output.ended));
  let stopWaiting = () => {};
  const waited = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, heldOutputMs);
    const onKill = () => resolve();
    request.kill.addEventListener('abort', onKill, { once: true });
    stopWaiting = () => {
      clearTimeout(timer);
      request.kill.removeEventListener('abort', onKill);
    };
  });
  await Promise.race([ended, waited]);
  stopWaiting();
}

/** Watches the signals while the process runs; returns what ends that. */
function guard(child: ChildProcess, { cancel, kill }: ProcessRequest): () => void {
  const { pid } = child;
  if (pid === undefined) return () => {};
  let timer: NodeJS.Timeout | undefined;
  const onKill = () => killTree(pid);
  const onCancel = () => {
    signalGroup(pid, 'SIGINT');
    timer = setTimeout(() => {
      signalGroup(pid, 'SIGTERM');
      timer = setTimeout(onKill, graceAfterTerminateMs);
    }, graceAfterInterruptMs);
  };
  const stop = () => {
    clearTimeout(timer);
    cancel.removeEventListener('abort', onCancel);
    kill.removeEventListener('abort', onKill);
  };
  if (kill.aborted) onKill();
  else if (cancel.aborted) onCancel();
  cancel.addEventListener('abort', onCancel, { once: true });
  kill.addEventListener('abort', onKill, { once: true });
  return stop;
}

/** The tree is looked up before anything dies: orphans lose their place in it. */
function killTree(pid: number): void {
  const tree = listDescendants(pid);
  signalGroup(pid, 'SIGKILL');
  for (const descendant of tree) {
    if (isRunning(descendant)) signal(descendant, 'SIGKILL');
  }
}

/** To all of the group, as Ctrl-C on a terminal does: a shell alone would wait for its child first. */
function signalGroup(pid: number, name: NodeJS.Signals): void {
  signal(-pid, name);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
}
