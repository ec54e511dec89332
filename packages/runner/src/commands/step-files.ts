import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { randomHex } from '../job/random-hex.ts';
import type { RunningStep } from '../steps/running-step.ts';
import { EnvFileError, readEnvFile } from './env-file.ts';
import { removeFileSoon } from './remove-file.ts';

/** The files by which a step tells the runner something; key in the `github` context to the beginning of the name. */
const kinds = {
  path: 'add_path_',
  env: 'set_env_',
  step_summary: 'step_summary_',
  state: 'save_state_',
  output: 'set_output_',
  artifacts: 'artifacts_',
} as const;

type Kind = keyof typeof kinds;

const largestSummaryBytes = 1024 * 1024;
/** Of the others; what is larger is no value, but a file that went astray. */
const largestFileBytes = 64 * 1024 * 1024;

export interface StepFiles {
  /** Takes in what the step has written, and removes the files. A faulty file fails the step. */
  collect(): void;
}

/**
 * Makes the empty files that GITHUB_ENV, GITHUB_OUTPUT and the like name, new ones for every step.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/FileCommandManager.cs
 */
export function createStepFiles(step: RunningStep): StepFiles {
  const directory = join(step.job.folders.temp, '_runner_file_commands');
  mkdirSync(directory, { recursive: true });
  const suffix = randomHex(16);
  const paths = Object.fromEntries(
    Object.entries(kinds).map(([kind, prefix]) => [kind, join(directory, prefix + suffix)]),
  ) as Record<Kind, string>;
  for (const [kind, path] of Object.entries(paths)) {
    closeSync(openSync(path, 'w'));
    // The user of a container may be any.
    if (step.job.containers?.jobContainer !== undefined) chmodSync(path, 0o666);
    step.github[kind] = step.job.executor.toStepPath(path);
  }
  return {
    collect() {
      for (const kind of Object.keys(kinds) as Kind[]) {
        try {
          collectFile(step, kind, paths[kind]);
        } catch (error) {
          step.report.error(`Unable to process file command '${kind}' successfully.`);
          step.report.error(error);
          step.commandFailed = true;
        }
        removeFileSoon(paths[kind]);
      }
    },
  };
}

function collectFile(step: RunningStep, kind: Kind, path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return;
  if (size > largestFileBytes && kind !== 'step_summary') {
    throw new EnvFileError(
      `The file holds ${Math.floor(size / 1024 / 1024)} MiB; ${largestFileBytes / 1024 / 1024} MiB are read at most`,
      'Pass large data through files or artifacts.',
    );
  }
  switch (kind) {
    case 'path':
      for (const line of readText(path).split(/\r?\n/)) {
        if (line !== '') step.environment.addPath(line);
      }
      return;
    case 'env':
      for (const [name, value] of readEnvFile(readText(path))) setVariable(step, name, value);
      return;
    case 'output':
      for (const [name, value] of readEnvFile(readText(path))) step.outputs[name] = value;
      return;
    case 'state':
      for (const [name, value] of readEnvFile(readText(path))) step.memory.state.set(name, value);
      return;
    case 'step_summary':
      collectSummary(step, path, size);
      return;
    case 'artifacts':
      return;
  }
}

function setVariable(step: RunningStep, name: string, value: string): void {
  if (name.toUpperCase() === 'NODE_OPTIONS') {
    step.report.error(`Can't store ${name} output parameter using '$GITHUB_ENV' command.`);
    return;
  }
  step.environment.set(name, value);
  step.report.debug(`${name}='${value}'`);
}

function collectSummary(step: RunningStep, path: string, size: number): void {
  if (size > largestSummaryBytes) {
    const kilobytes = Math.floor(size / 1024);
    step.report.error(
      `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of ${largestSummaryBytes / 1024}k, got ${kilobytes}k.`,
    );
    return;
  }
  step.report.summary(readText(path));
}

/**
 * As UTF-8, or as UTF-16 where a byte order mark says so: what PowerShell writes.
 * @see https://learn.microsoft.com/en-us/dotnet/api/system.io.file.readalltext, by which GitHub reads these files
 */
function readText(path: string): string {
  const bytes = readFileSync(path);
  const mark = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
  if (mark === 0xfffe) return new TextDecoder('utf-16le').decode(bytes);
  if (mark === 0xfeff) return new TextDecoder('utf-16be').decode(bytes);
  return bytes.toString('utf8', mark === 0xefbb && bytes[2] === 0xbf ? 3 : 0);
}
