import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { OutputPipes } from '../processes/output-pipes.ts';
import { type ProcessResult, runProcess } from '../processes/run-process.ts';
import type { Executor, ExecutorCommand, InteractiveProgram } from '../steps/executor.ts';
import { passVariables } from './container.ts';
import type { DockerClient } from './docker-client.ts';
import type { PathMapping } from './path-mapping.ts';

export interface ContainerExecutorOptions {
  client: DockerClient;
  containerId: string;
  paths: PathMapping;
  /** What the image and `container:` set. */
  baseEnv: Record<string, string>;
  /** Node as the container sees it. */
  node: string;
  /** Names of programs that are known to be in the image, looked up in its own PATH. */
  programs: string[];
  pipes: OutputPipes;
}

/** Runs steps in a running container, by the client's `exec`. */
export function createContainerExecutor(options: ContainerExecutorOptions): Executor {
  const { paths, baseEnv, node } = options;
  const found = new Set(options.programs.map((name) => programKey(name, baseEnv.PATH ?? '')));
  return {
    baseEnv,
    node,
    toStepPath: paths.toContainer,
    toHostPath: paths.toHost,
    findProgram(name, searchPath) {
      const key = programKey(name, searchPath);
      if (!found.has(key) && isInContainer(options, name, searchPath)) found.add(key);
      // By name: the shell inside looks it up in the PATH of the moment.
      return found.has(key) ? name : undefined;
    },
    interactive: (program) => startInteractive(options, program),
    run: (command) => runInContainer(options, command),
  };
}

function startInteractive(
  { client, containerId, paths }: ContainerExecutorOptions,
  { file, args, directory, env }: InteractiveProgram,
): InteractiveProgram {
  const variables = Object.entries(env).map(([name, value]) => [name, paths.toContainer(value)]);
  const passed = passVariables(Object.fromEntries(variables), client.env);
  const place = ['--workdir', paths.toContainer(directory), ...passed.args, containerId];
  return {
    file: client.engine.client,
    args: ['exec', '--interactive', '--tty', ...place, file, ...args],
    directory: '/',
    env: { ...client.env, ...passed.env },
  };
}

function programKey(name: string, searchPath: string): string {
  return `${name}\0${searchPath}`;
}

/** The step's kind is asked for a program in the middle of synchronous work, and only for shells that are not common. */
function isInContainer(
  { client, containerId }: ContainerExecutorOptions,
  name: string,
  searchPath: string,
): boolean {
  const words = [
    'exec',
    '--env',
    `PATH=${searchPath}`,
    containerId,
    '/bin/sh',
    '-c',
    'command -v "$0"',
    name,
  ];
  return spawnSync(client.engine.client, words, { env: { ...client.env }, stdio: 'ignore' }).status === 0;
}

/**
 * `exec` hands no signal on, and its process is unknown outside: a variable tells it and its children from others inside. A shell around the
 * program that told its process id would lose variables such as `INPUT_FETCH-DEPTH`, whose names are none for dash.
 */
const markVariable = 'SLIPWAY_PROCESS_MARK';

async function runInContainer(
  options: ContainerExecutorOptions,
  command: ExecutorCommand,
): Promise<ProcessResult> {
  const { client, containerId, paths, pipes } = options;
  const mark = randomUUID();
  const variables = Object.entries(command.env).map(([name, value]) => [name, paths.toContainer(value)]);
  const passed = passVariables({ ...Object.fromEntries(variables), [markVariable]: mark }, client.env);
  const place = ['--workdir', paths.toContainer(command.directory), ...passed.args, containerId];
  const ended = new AbortController();
  const kill = new AbortController();
  const stopping = stopInContainer(options, { command, mark, ended: ended.signal, kill });
  try {
    return await runProcess({
      file: client.engine.client,
      args: ['exec', ...place, command.file, ...command.args],
      directory: '/',
      env: { ...client.env, ...passed.env },
      pipes,
      stdout: command.stdout,
      stderr: command.stderr,
      cancel: new AbortController().signal,
      kill: kill.signal,
    });
  } finally {
    ended.abort();
    await stopping;
  }
}

const GRACE_AFTER_INTERRUPT_MS = 7_500;
const GRACE_AFTER_TERMINATE_MS = 2_500;

interface Stopping {
  command: ExecutorCommand;
  mark: string;
  /** The program has ended. */
  ended: AbortSignal;
  /** Ends the client, when the program will not or can't be reached. */
  kill: AbortController;
}

/** Waits for the step's end or an order to stop; then SIGINT, 7.5 s, SIGTERM, 2.5 s, SIGKILL, as on the host. */
async function stopInContainer(
  options: ContainerExecutorOptions,
  { command, mark, ended, kill }: Stopping,
): Promise<void> {
  const signalAll = (signal: string) => signalInContainer(options, mark, signal);
  const killNow = async () => {
    await signalAll('KILL');
    kill.abort();
  };
  if (!(await happens([command.cancel, command.kill], ended))) return;
  if (!command.kill.aborted) {
    await signalAll('INT');
    await pause(GRACE_AFTER_INTERRUPT_MS, [ended, command.kill]);
    if (ended.aborted) return;
    if (!command.kill.aborted) await signalAll('TERM');
    await pause(GRACE_AFTER_TERMINATE_MS, [ended, command.kill]);
    if (ended.aborted) return;
  }
  await killNow();
}

/** Resolves to true as soon as one of the signals is aborted, to false if `ended` is first. */
async function happens(signals: AbortSignal[], ended: AbortSignal): Promise<boolean> {
  const any = AbortSignal.any([...signals, ended]);
  if (!any.aborted) await new Promise((resolve) => any.addEventListener('abort', resolve, { once: true }));
  return signals.some((signal) => signal.aborted) && !ended.aborted;
}

async function pause(ms: number, until: AbortSignal[]): Promise<void> {
  await delay(ms, undefined, { signal: AbortSignal.any(until) }).catch(() => undefined);
}

/** The finder's own environment has no mark. */
const signalScript =
  'for entry in /proc/[0-9]*; do grep -qs "$0" "$entry/environ" && kill -s "$1" "${entry#/proc/}"; done 2>/dev/null';

async function signalInContainer(
  { client, containerId }: ContainerExecutorOptions,
  mark: string,
  signal: string,
): Promise<void> {
  await client.attempt(['exec', '--user', '0', containerId, '/bin/sh', '-c', signalScript, mark, signal]);
}
