import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { promisify } from 'node:util';
import { findAccountName } from './account.ts';

/** Who listens on a TCP port of this machine, for people: `postgres (process 812)`; null if the machine doesn't tell. */
export async function findPortHolder(port: number): Promise<string | null> {
  return process.platform === 'linux' ? holderFromProc(port) : holderFromLsof(port);
}

const LISTEN_STATE = '0A';

/** @see https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt */
function holderFromProc(port: number): string | null {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readTable(table)) {
      const [, local, , state, , , , uid, , inode] = line.trim().split(/\s+/);
      if (state !== LISTEN_STATE || !local?.endsWith(`:${hexPort}`) || !inode) continue;
      const pid = processOfSocket(inode);
      if (pid) return `${commandOf(pid)} (process ${pid})`;
      const account = findAccountName(Number(uid)) ?? `user ${uid}`;
      return `a process of ${account}`;
    }
  }
  return null;
}

function readTable(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
}

function processOfSocket(inode: string): string | null {
  const wanted = `socket:[${inode}]`;
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
        if (readlinkSync(`/proc/${pid}/fd/${descriptor}`) === wanted) return pid;
      }
    } catch {
      // Ended meanwhile, or of another user.
    }
  }
  return null;
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return 'a process';
  }
}

async function holderFromLsof(port: number): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']);
    const pid = /^p(\d+)/m.exec(stdout)?.[1];
    return pid ? `${/^c(.+)/m.exec(stdout)?.[1] ?? 'a process'} (process ${pid})` : null;
  } catch {
    return null;
  }
}
