import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/** Names one process for good: process ids are used again, together with the start they are not. */
export interface ProcessIdentity {
  pid: number;
  /** Linux: clock ticks since boot; macOS: a date. Only equality means anything. */
  startedAt: string;
  /** The boot that `startedAt` counts from; empty where it doesn't count from a boot. */
  bootId: string;
  /** The process id namespace that `pid` belongs to; empty where there is but one. */
  namespace: string;
}

/** `unknown`: it belongs to another container or machine that shares the folder; nothing here can tell. */
export type Liveness = 'alive' | 'dead' | 'unknown';

export function ownIdentity(): ProcessIdentity {
  return {
    pid: process.pid,
    startedAt: startOf(process.pid) ?? '',
    bootId: bootId(),
    namespace: namespace(),
  };
}

export function livenessOf(identity: ProcessIdentity): Liveness {
  if (identity.bootId !== bootId()) return identity.namespace === namespace() ? 'dead' : 'unknown';
  if (identity.namespace !== namespace()) return 'unknown';
  return startOf(identity.pid) === identity.startedAt ? 'alive' : 'dead';
}

/** Whether any process has this id, be it the one that is meant or not. */
export function processExists(pid: number): boolean {
  return startOf(pid) !== null;
}

/** null if there is no such process, or only what its parent has not collected yet. */
function startOf(pid: number): string | null {
  return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
}

/** @see proc(5), /proc/pid/stat: fields 3 (state) and 22 (start time) */
function startFromProc(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // The command's name stands in parentheses and may hold anything, blanks and parentheses too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  return state === 'Z' || state === 'X' ? null : (fields[19] ?? null);
}

function startFromPs(pid: number): string | null {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' },
  });
  const [, state, start] = /^\s*(\S+)\s+(.*\S)/.exec(stdout ?? '') ?? [];
  return start === undefined || state?.startsWith('Z') ? null : start;
}

function bootId(): string {
  return readLinux(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim());
}

function namespace(): string {
  return readLinux(() => readlinkSync('/proc/self/ns/pid'));
}

function readLinux(read: () => string): string {
  if (process.platform !== 'linux') return '';
  try {
    return read();
  } catch {
    return '';
  }
}
