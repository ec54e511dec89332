import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readJson, writeDurably } from '../daemon/durable-file.ts';
import { launch } from './launch.ts';
import type { OneOffSpec, OneOffState } from './one-off-spec.ts';
import { killTree, listMembers, unitVariable } from './process-tree.ts';
import { rotateLog } from './rotating-log.ts';

/** A command that runs to its end once, whatever happens to its supervisor. */
export interface OneOff {
  readonly spec: OneOffSpec;
  state(): OneOffState;
  readonly ended: Promise<void>;
  /** Ends it with all its processes; resolves when none is left. */
  stop(reason: string): Promise<void>;
  /** The watch ends, the command goes on. */
  leave(): void;
}

/**
 * The shell around the command outlives the supervisor and keeps the exit status. It says that it has begun before the command does: so it
 * is known of one that was cut short whether its command may have done something.
 */
const keeper = `
cd "$2" && echo begun > "$3/begun.draft" && mv "$3/begun.draft" "$3/begun" || exit
/bin/sh -c "$1"
code=$?
printf %s "$code" > "$3/exit.draft" && mv "$3/exit.draft" "$3/exit"
sync "$3/exit" 2>/dev/null
exit "$code"
`;

const stateFileOf = (directory: string) => join(directory, 'state.json');

/** Ends a one-off that has not begun: whoever begins it in this folder later finds it ended. */
export function endBeforeBegin(directory: string, reason: string): OneOffState {
  const state: OneOffState = { kind: 'ended', exitCode: null, reason, atMs: Date.now() };
  writeDurably(stateFileOf(directory), state);
  return state;
}

const lookMs = 150;
/** To look at all processes costs more than to look for a file: only each so many looks. */
const looksBetweenSearches = 8;

/** Begins a one-off, or takes up the one that an earlier supervisor has begun in this folder. */
export function runOneOff(
  spec: OneOffSpec,
  { directory, mark }: { directory: string; mark: string },
): OneOff {
  const stateFile = stateFileOf(directory);
  const log = join(directory, 'output.log');
  const left = new AbortController();
  let stopReason: string | undefined;
  let state = (readJson(stateFile) as OneOffState | undefined) ?? { kind: 'running', sinceMs: Date.now() };

  function conclude(exitCode: number | null, reason: string): void {
    state = { kind: 'ended', exitCode, reason, atMs: Date.now() };
    try {
      writeDurably(stateFile, state);
    } catch {
      // On a full disk it is known as long as this process lives; whoever comes then finds what the shell around it has left.
    }
  }

  async function begin(): Promise<void> {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeDurably(stateFile, state);
    const env = { ...spec.env, [unitVariable]: mark };
    const args = ['-c', keeper, 'slipway-one-off', spec.command, spec.directory, directory];
    await launch({ file: '/bin/sh', args, directory: '/', env, log });
  }

  async function watch(): Promise<void> {
    if (state.kind === 'ended') return;
    if (!hasBegun(directory) && listMembers(mark, null).length === 0) {
      try {
        await begin();
      } catch (error) {
        return conclude(null, `it can't be started: ${(error as Error).message}`);
      }
    }
    const deadline = state.sinceMs + spec.timeoutMs;
    for (let looks = 1; !left.signal.aborted; looks++) {
      const exitCode = readExit(directory);
      if (exitCode !== null) return conclude(exitCode, `it ended with ${exitCode}`);
      if (stopReason === undefined && Date.now() >= deadline)
        stopReason = `it was ended after ${spec.timeoutMs} ms`;
      if (stopReason !== undefined) {
        await killTree(mark, null);
        return conclude(null, stopReason);
      }
      // The exit status is written before the shell ends, so it is looked for once more.
      if (looks % looksBetweenSearches === 0 && listMembers(mark, null).length === 0) {
        const last = readExit(directory);
        return conclude(last, last === null ? endedUnseen(directory) : `it ended with ${last}`);
      }
      rotateLog(log);
      await delay(lookMs, undefined, { signal: left.signal }).catch(() => undefined);
    }
  }

  const ended = watch();
  return {
    spec,
    state: () => state,
    ended,
    async stop(reason) {
      stopReason ??= reason;
      await ended;
    },
    leave: () => left.abort(),
  };
}

function hasBegun(directory: string): boolean {
  return statSync(join(directory, 'begun'), { throwIfNoEntry: false }) !== undefined;
}

function readExit(directory: string): number | null {
  try {
    return Number(readFileSync(join(directory, 'exit'), 'utf8'));
  } catch {
    return null;
  }
}

function endedUnseen(directory: string): string {
  return hasBegun(directory)
    ? 'it was ended from outside, without an exit status'
    : 'its folder is missing, it never began';
}
