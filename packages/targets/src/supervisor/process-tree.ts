import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Every process of a unit carries it, so that what leaves its process group is still found. */
export const unitVariable = 'SLIPWAY_UNIT';

/** A process that can be told from a later one with the same number. */
export interface ProcessIdentity {
  pid: number;
  /** In the system's own words. */
  startedAt: string;
}

/** null: it is gone. */
export function identify(pid: number): ProcessIdentity | null {
  const startedAt = process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
  return startedAt === null ? null : { pid, startedAt };
}

export function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  return identify(pid)?.startedAt === startedAt;
}

/** Signals a process group; false if it is gone. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A process that a SIGKILL has not ended by then waits in the kernel. */
const giveUpMs = 5_000;

/** Kills all that carries the mark, and the process group of the leader; resolves when nothing is left. */
export async function killTree(mark: string, leader: ProcessIdentity | null): Promise<void> {
  const deadline = Date.now() + giveUpMs;
  for (let pauseMs = 2; Date.now() < deadline; pauseMs = Math.min(pauseMs * 2, 100)) {
    const members = listMembers(mark, leader);
    if (members.length === 0) return;
    for (const pid of members) killQuietly(pid);
    await delay(pauseMs);
  }
}

interface Member {
  pid: number;
  group: number;
  isMarked: boolean;
}

/**
 * Living processes that carry the mark or are in the leader's group. The group's number says something only as long as its leader lives or a
 * marked process is in it: later it may be another's.
 */
export function listMembers(mark: string, leader: ProcessIdentity | null): number[] {
  const all = (process.platform === 'linux' ? membersOnLinux(mark) : membersByPs(mark)).filter(
    ({ pid }) => pid !== process.pid,
  );
  const groups = new Set(all.filter(({ isMarked }) => isMarked).map(({ group }) => group));
  const isOurs = (group: number) => group === leader?.pid && (groups.has(group) || isAlive(leader));
  return all.filter(({ isMarked, group }) => isMarked || isOurs(group)).map(({ pid }) => pid);
}

function membersOnLinux(mark: string): Member[] {
  const entry = Buffer.from(`${unitVariable}=${mark}\0`);
  return readdirSync('/proc').flatMap((name): Member[] => {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? readStat(pid) : null;
    if (stat === null) return [];
    return [{ pid, group: Number(stat[2]), isMarked: carries(pid, entry) }];
  });
}

function carries(pid: number, entry: Buffer): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`);
    const at = environment.indexOf(entry);
    return at === 0 || (at > 0 && environment[at - 1] === 0);
  } catch {
    // Another user's, or it has just ended.
    return false;
  }
}

/** macOS has no /proc; `ps e` appends the environment of the user's own processes to their command. */
function membersByPs(mark: string): Member[] {
  const table = execFileSync('ps', ['-axEww', '-o', 'pid=,pgid=,stat=,command='], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  return table.split('\n').flatMap((line): Member[] => {
    const [pid, group, status = 'Z', ...command] = line.trim().split(/\s+/);
    if (status.startsWith('Z')) return [];
    return [
      { pid: Number(pid), group: Number(group), isMarked: command.includes(`${unitVariable}=${mark}`) },
    ];
  });
}

function startOnLinux(pid: number): string | null {
  const start = readStat(pid)?.[19];
  return start === undefined ? null : `${bootId()}:${start}`;
}

/** What follows the name in proc(5)'s stat: state, parent, group, …, and as the 20th the start in ticks since the boot; null if it is gone. */
function readStat(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in parentheses, may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : fields;
  } catch {
    return null;
  }
}

let boot: string | undefined;

function bootId(): string {
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  return boot;
}

function startByPs(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
  } catch {
    return null;
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended between the look and the kill.
  }
}
