import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** False for a process that has ended, also while its parent has not asked for its exit status yet (a zombie). */
export function isRunning(pid: number): boolean {
  if (process.platform === 'linux') {
    const stat = readStat(pid);
    return stat !== undefined && stat.state !== 'Z' && stat.state !== 'X';
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** False for what the kernel runs for itself (children of kthreadd, pid 2), and for zombies. Linux only. */
export function isUserProcess(pid: number): boolean {
  const stat = readStat(pid);
  return stat !== undefined && stat.state !== 'Z' && stat.parent !== 2 && pid !== 2;
}

/** All descendants of a process, at this moment, parents before children; without the process itself. */
export function listDescendants(pid: number): number[] {
  const children = Map.groupBy(listParents(), ({ parent }) => parent);
  const found: number[] = [];
  const open = [pid];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const child of children.get(next) ?? []) {
      found.push(child.pid);
      open.push(child.pid);
    }
  }
  return found;
}

interface Parentage {
  pid: number;
  parent: number;
}

function listParents(): Parentage[] {
  if (process.platform !== 'linux') return listParentsByPs();
  const found: Parentage[] = [];
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const stat = readStat(pid);
    if (stat !== undefined) found.push({ pid, parent: stat.parent });
  }
  return found;
}

function listParentsByPs(): Parentage[] {
  const table = execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' });
  return table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0]) => ({ pid, parent }));
}

function readStat(pid: number): { state: string; parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in parentheses, may hold spaces and parentheses of its own.
    const [state = '', parent = ''] = text.slice(text.lastIndexOf(')') + 2).split(' ', 2);
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
