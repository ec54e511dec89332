import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type ProcessMark, pidsSince } from './process-mark.ts';
import { isRunning, isUserProcess } from './process-table.ts';

/**
 * The environment variable that every process of a job carries, so that what leaves its process group and session
 * is still found. Mirrors Constants.ProcessTrackingId of actions/runner.
 */
export const trackingVariable = 'RUNNER_TRACKING_ID';

/** A process that a SIGKILL has not ended by then waits in the kernel; nothing more can be done from here. */
const giveUpMs = 5_000;

/** A process in the middle of exec shows no environment for a moment; one that emptied its own shows none for ever. */
const maxSecondLooks = 2;

/**
 * Ends every process whose RUNNER_TRACKING_ID is `trackingPrefix` or continues it with `_`: `slipway_7f` ends all jobs of
 * the run 7f, `slipway_7f_1` its first job only (not `slipway_7f_12`). Resolves when none is left, with how many were ended.
 * The calling process is spared. With `since`, only processes are looked at that started after that mark. Processes of other users, and those that cleared their environment, are not seen.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/JobExtension.cs (FinalizeJob)
 */
export async function endTracked(trackingPrefix: string, since: ProcessMark = null): Promise<number> {
  const id = trackingPrefix.replace(/_+$/, '');
  const ended = new Set<number>();
  const deadline = Date.now() + giveUpMs;
  let secondLooks = 0;
  for (let pauseMs = 1; Date.now() < deadline; pauseMs = Math.min(pauseMs * 2, 50)) {
    const { tracked, blank } = await lookAround(since);
    const alive = tracked.filter((process) => isUnder(process.trackingId, id));
    // One that is dying has no environment any more, and still holds its files.
    const isOver = alive.length === 0 && ![...ended].some(isRunning);
    if (isOver && (blank === 0 || ++secondLooks > maxSecondLooks)) break;
    for (const { pid } of alive) {
      ended.add(pid);
      killQuietly(pid);
    }
    await delay(pauseMs);
  }
  return ended.size;
}

interface Look {
  tracked: { pid: number; trackingId: string }[];
  /** How many processes showed no environment at all. */
  blank: number;
}

let scheduled: Promise<Look> | undefined;

function lookAround(since: ProcessMark): Promise<Look> {
  const pids = pidsSince(since);
  return pids === null ? lookAtAll() : Promise.resolve(lookAtProc(pids));
}

/** Jobs that end together share one look at the process table. */
function lookAtAll(): Promise<Look> {
  scheduled ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
    scheduled = undefined;
    return process.platform === 'linux' ? lookAtProc(allPids()) : lookAtPs();
  });
  return scheduled;
}

function allPids(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

function lookAtProc(pids: readonly number[]): Look {
  const look: Look = { tracked: [], blank: 0 };
  for (const pid of pids) {
    if (pid === process.pid) continue;
    const environ = readEnviron(pid);
    if (environ === undefined) continue;
    const trackingId = trackingIdIn(environ);
    if (trackingId !== undefined) look.tracked.push({ pid, trackingId });
    else if (environ.length === 0 && isUserProcess(pid)) look.blank++;
  }
  return look;
}

/** undefined for another user's process, and for one that has just ended. */
function readEnviron(pid: number): Buffer | undefined {
  try {
    return readFileSync(`/proc/${pid}/environ`);
  } catch {
    return undefined;
  }
}

const variableStart = Buffer.from(`${trackingVariable}=`);

function trackingIdIn(environ: Buffer): string | undefined {
  let at = environ.indexOf(variableStart);
  while (at > 0 && environ[at - 1] !== 0) at = environ.indexOf(variableStart, at + 1);
  if (at === -1) return undefined;
  const from = at + variableStart.length;
  const end = environ.indexOf(0, from);
  return environ.toString('latin1', from, end === -1 ? environ.length : end);
}

/** macOS has no /proc; `ps e` appends the environment of the user's own processes to their command. */
function lookAtPs(): Promise<Look> {
  return new Promise((resolve, reject) => {
    execFile('ps', ['-axEww', '-o', 'pid=,command='], { maxBuffer: 256 * 1024 * 1024 }, (error, stdout) => {
      if (error) return reject(error);
      const look: Look = { tracked: [], blank: 0 };
      for (const line of stdout.split('\n')) {
        const match = /^\s*(\d+) .*?\sRUNNER_TRACKING_ID=(\S+)/.exec(line);
        if (match && Number(match[1]) !== process.pid) {
          look.tracked.push({ pid: Number(match[1]), trackingId: match[2] ?? '' });
        }
      }
      resolve(look);
    });
  });
}

function isUnder(trackingId: string, id: string): boolean {
  return trackingId === id || trackingId.startsWith(`${id}_`);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended between the look and the kill.
  }
}
