import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { runCommand } from './run.ts';

/** A command: what it takes, and what it does with it. */
export interface Command {
  spec: CommandSpec;
  /** Resolves to the exit status when everything is printed. */
  execute(typed: TypedArguments): Promise<number>;
}

/** One file per command, loaded when it is called; `run` is the one that is waited for most, and comes with the program. */
export const commandTable: Record<string, () => Promise<Command>> = {
  run: async () => runCommand,
  plan: async () => (await import('./plan.ts')).planCommand,
  lint: async () => (await import('./lint.ts')).lintCommand,
  lock: async () => (await import('./lock.ts')).lockCommand,
  runs: async () => (await import('./runs.ts')).runsCommand,
  serve: async () => (await import('./serve.ts')).serveCommand,
  rerun: async () => (await import('./rerun.ts')).rerunCommand,
  logs: async () => (await import('./logs.ts')).logsCommand,
  artifacts: async () => (await import('./artifacts.ts')).artifactsCommand,
  cache: async () => (await import('./cache.ts')).cacheCommand,
  runner: async () => (await import('./runner.ts')).runnerCommand,
  project: async () => (await import('./project.ts')).projectCommand,
  dispatch: async () => (await import('./dispatch.ts')).dispatchCommand,
  cancel: async () => (await import('./cancel.ts')).cancelCommand,
  runners: async () => (await import('./runners.ts')).runnersCommand,
  backup: async () => (await import('./backup.ts')).backupCommand,
  restore: async () => (await import('./restore.ts')).restoreCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
};
