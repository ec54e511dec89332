import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * The environment variable that every process of a job carries, so that what leaves its process group and session
 * is still found. Mirrors Constants.ProcessTrackingId of actions/runner.
 */
export const trackingVariable = 'RUNNER_TRACKING_ID';

/** A process that a SIGKILL has not ended by then waits in the kernel; nothing more can be done from here. */
const giveUpMs = 5_000;

/**
 * Ends every process whose RUNNER_TRACKING_ID is `trackingPrefix` or continues it with `_`: `slipway_7f` ends all jobs of
 * the run 7f, `slipway_7f_1` its first job only (not `slipway_7f_12`). Resolves when none is left, with how many were ended.
 * The calling process is spared. Processes of other users, and those that cleared their environment, are not seen.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/JobExtension.cs (FinalizeJob)
 */
export async function endTracked(trackingPrefix: string): Promise<number> {
  const id = trackingPrefix.replace(/_+$/, '');
  const ended = new Set<number>();
  const deadline = performance.now() + giveUpMs;
  for (let pauseMs = 1; performance.now() < deadline; pauseMs = Math.min(pauseMs * 2, 50)) {
    const alive = (await listTracked()).filter((process) => isUnder(process.trackingId, id));
    if (alive.length === 0) break;
    for (const { pid } of alive) {
      ended.add(pid);
      killQuietly(pid);
    }
    await delay(pauseMs);
  }
  return ended.size;
}

interface TrackedProcess {
  pid: number;
  trackingId: string;
}

let scheduled: Promise<TrackedProcess[]> | undefined;

/** Jobs that end together share one look at the process table. */
function listTracked(): Promise<TrackedProcess[]> {
  scheduled ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
    scheduled = undefined;
    return process.platform === 'linux' ? listFromProc() : listFromPs();
  });
  return scheduled;
}

function listFromProc(): TrackedProcess[] {
  const found: TrackedProcess[] = [];
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const trackingId = trackingIdFromEnviron(pid);
    if (trackingId !== undefined) found.push({ pid, trackingId });
  }
  return found;
}

const variableStart = Buffer.from(`${trackingVariable}=`);

function trackingIdFromEnviron(pid: number): string | undefined {
  let environ: Buffer;
  try {
    environ = readFileSync(`/proc/${pid}/environ`);
  } catch {
    // Another user's process, or one that has just ended.
    return undefined;
  }
  let at = environ.indexOf(variableStart);
  while (at > 0 && environ[at - 1] !== 0) at = environ.indexOf(variableStart, at + 1);
  if (at === -1) return undefined;
  const from = at + variableStart.length;
  const end = environ.indexOf(0, from);
  return environ.toString('latin1', from, end === -1 ? environ.length : end);
}

/** macOS has no /proc; `ps e` appends the environment of the user's own processes to their command. */
function listFromPs(): Promise<TrackedProcess[]> {
  return new Promise((resolve, reject) => {
    execFile('ps', ['-axEww', '-o', 'pid=,command='], { maxBuffer: 256 * 1024 * 1024 }, (error, stdout) => {
      if (error) return reject(error);
      const found: TrackedProcess[] = [];
      for (const line of stdout.split('\n')) {
        const match = /^\s*(\d+) .*?\sRUNNER_TRACKING_ID=(\S+)/.exec(line);
        if (match && Number(match[1]) !== process.pid) {
          found.push({ pid: Number(match[1]), trackingId: match[2] ?? '' });
        }
      }
      resolve(found);
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
