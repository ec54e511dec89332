import { readFileSync } from 'node:fs';

/** A moment in the numbering of processes; null where the system does not tell (macOS). */
export type ProcessMark = { lastPid: number; atMs: number } | null;

/** Take it before the first process starts that is looked for later. */
export function markProcesses(): ProcessMark {
  if (process.platform !== 'linux') return null;
  try {
    return { lastPid: lastPid(), atMs: Date.now() };
  } catch {
    return null;
  }
}

/** No machine starts processes and threads faster than that. */
const mostForksPerMs = 200;
/** Beyond that, to list /proc is quicker. */
const mostAskedOneByOne = 5_000;

/**
 * The ids that processes started since the mark may have; null: any. Ids are given upwards and begin again at the top, which takes
 * as many processes as there are ids: on most systems four million, so that a job of a few seconds knows its range.
 * @see proc(5), the last field of /proc/loadavg and /proc/sys/kernel/pid_max
 */
export function pidsSince(mark: ProcessMark): number[] | null {
  if (mark === null) return null;
  try {
    const ids = Number(readFileSync('/proc/sys/kernel/pid_max', 'latin1'));
    const elapsedMs = Date.now() - mark.atMs;
    const count = lastPid() - mark.lastPid;
    const isCertain = elapsedMs >= 0 && elapsedMs * mostForksPerMs < ids / 2;
    if (!isCertain || count < 0 || count > mostAskedOneByOne) return null;
    return Array.from({ length: count }, (_, index) => mark.lastPid + 1 + index);
  } catch {
    return null;
  }
}

/**
 * The id given last, perhaps to a thread: threads take theirs from the same row.
 * @throws where /proc is not as expected
 */
function lastPid(): number {
  const pid = Number(readFileSync('/proc/loadavg', 'latin1').trim().split(' ').at(-1));
  if (!Number.isSafeInteger(pid)) throw new Error('/proc/loadavg names no process');
  return pid;
}
