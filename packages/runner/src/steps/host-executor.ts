import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { OutputPipes } from '../processes/output-pipes.ts';
import { runProcess } from '../processes/run-process.ts';
import type { Executor } from './executor.ts';
import { StepError } from './step-error.ts';

/** Runs steps as processes of this machine. */
export function createHostExecutor(options: {
  baseEnv: Record<string, string>;
  pipes: OutputPipes;
}): Executor {
  const found = new Map<string, string | undefined>();
  return {
    baseEnv: options.baseEnv,
    node: process.execPath,
    toStepPath: (path) => path,
    toHostPath: (path) => path,
    findProgram(name, searchPath) {
      const key = `${name}\0${searchPath}`;
      const known = found.get(key);
      // A program may be installed by a step, so only what was found is remembered.
      if (known !== undefined && isProgram(known)) return known;
      const program = search(name, searchPath);
      found.set(key, program);
      return program;
    },
    interactive: (program) => program,
    async run(command) {
      try {
        return await runProcess({ ...command, pipes: options.pipes });
      } catch (error) {
        throw explainSpawnError(error, command.file, command.directory);
      }
    },
  };
}

function search(name: string, searchPath: string): string | undefined {
  if (isAbsolute(name)) return isProgram(name) ? name : undefined;
  for (const directory of searchPath.split(delimiter)) {
    if (!isAbsolute(directory)) continue;
    const path = join(directory, name);
    if (isProgram(path)) return path;
  }
  return undefined;
}

/** A folder of the PATH that this user may not look into has no program for him, as for a shell. */
function isProgram(path: string): boolean {
  try {
    // Most folders of the PATH don't have it, and an exception for each would be felt.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function explainSpawnError(error: unknown, file: string, directory: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const options = { cause: error };
  if ((code === 'ENOENT' || code === 'ENOTDIR') && !isDirectory(directory)) {
    return new StepError(
      `The working directory '${directory}' does not exist`,
      "Create it in an earlier step, or correct 'working-directory'.",
      options,
    );
  }
  switch (code) {
    case 'ENOENT':
      return new StepError(
        `'${file}' could not be started: it, or the interpreter its first line names, does not exist`,
        'Install it in an earlier step, or correct its path.',
        options,
      );
    case 'EACCES':
      return new StepError(
        `'${file}' could not be started: permission denied (directory '${directory}')`,
        'Give the user who runs Slipway access to both.',
        options,
      );
    case 'E2BIG':
      return new StepError(
        'The environment and arguments are larger than the system allows for one process',
        'Pass large values through files instead of env: or inputs.',
        options,
      );
    default:
      return error;
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
