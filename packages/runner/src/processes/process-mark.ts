import { readFileSync } from 'node:fs';

/** A moment in the numbering of processes; null where the system does not tell (macOS). */
export type ProcessMark = { lastPid: number; forks: number } | null;

/** Take it before the first process starts that is looked for later. */
export function markProcesses(): ProcessMark {
  if (process.platform !== 'linux') return null;
  try {
    return numbering();
  } catch {
    return null;
  }
}

/**
 * The ids that processes started since the mark may have; null: any. Ids are given upwards and begin again at the top, which takes
 * as many forks as there are ids.
 * @see proc(5), /proc/loadavg: its last field; /proc/stat: `processes`
 */
export function pidsSince(mark: ProcessMark): number[] | null {
  if (mark === null) return null;
  try {
    const now = numbering();
    const ids = Number(readFileSync('/proc/sys/kernel/pid_max', 'latin1'));
    const mayHaveWrapped = now.lastPid < mark.lastPid || now.forks - mark.forks > ids / 2;
    const count = now.lastPid - mark.lastPid;
    if (mayHaveWrapped || count > mostAskedOneByOne) return null;
    return Array.from({ length: count }, (_, index) => mark.lastPid + 1 + index);
  } catch {
    return null;
  }
}

/** Beyond that, to list /proc is quicker. */
const mostAskedOneByOne = 5_000;

/** @throws where /proc is not as expected */
function numbering(): { lastPid: number; forks: number } {
  // The id was given to a thread perhaps: threads take theirs from the same row.
  const lastPid = Number(readFileSync('/proc/loadavg', 'latin1').trim().split(' ').at(-1));
  const forks = Number(/^processes (\d+)/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1]);
  if (!Number.isSafeInteger(lastPid) || !Number.isSafeInteger(forks))
    throw new Error('/proc says no numbers');
  return { lastPid, forks };
}
