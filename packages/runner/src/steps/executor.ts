import type { ProcessOutput, ProcessResult } from '../processes/run-process.ts';

/** One process of a step; paths as the step sees them. */
export interface ExecutorCommand {
  file: string;
  args: string[];
  directory: string;
  /** The whole environment. */
  env: Record<string, string>;
  stdout: ProcessOutput;
  stderr: ProcessOutput;
  /** Asks the process to end, politely first. */
  cancel: AbortSignal;
  /** Ends it at once, with all it started. */
  kill: AbortSignal;
}

/** A program that people talk to; it has the terminal for itself. */
export interface InteractiveProgram {
  file: string;
  args: string[];
  directory: string;
  env: Record<string, string>;
}

/** Where and how the processes of a job's steps run: on the host, or inside a container. */
export interface Executor {
  /** A host path as steps see it. */
  toStepPath(hostPath: string): string;
  /** A path that a step names, on the host. */
  toHostPath(stepPath: string): string;
  /** The environment that processes find before the job adds its own. */
  readonly baseEnv: Readonly<Record<string, string>>;
  /** Path of a program, looked up in `searchPath` (as in PATH); undefined if there is none. */
  findProgram(name: string, searchPath: string): string | undefined;
  /** Path of the Node that JavaScript actions run on. */
  readonly node: string;
  /** How a process of this machine starts that gives the program the terminal. */
  interactive(program: InteractiveProgram): InteractiveProgram;
  /** @throws StepError if the process can't be started. */
  run(command: ExecutorCommand): Promise<ProcessResult>;
}
