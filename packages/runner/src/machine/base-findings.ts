import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { collectOutput, readVersion } from '../processes/collect-output.ts';
import { findOnPath } from './binaries.ts';
import type { Finding } from './finding.ts';
import { installHint } from './package-manager.ts';

export interface BaseProbe {
  slipwayHome: string;
  repositoryRoot: string;
}

const MIB = 1024 * 1024;
const ENOUGH_BYTES = 2048 * MIB;
const LEAST_BYTES = 200 * MIB;
const LEAST_GIT = [2, 25] as const;

/** What Slipway itself needs of any machine. */
export async function baseFindings({ slipwayHome, repositoryRoot }: BaseProbe): Promise<Finding[]> {
  return [
    operatingSystem(),
    { subject: 'node', status: 'ok', detail: `${process.version} (${process.execPath})`, neededBy: [] },
    await git(),
    ...diskSpace([slipwayHome, repositoryRoot]),
    await openFiles(),
  ];
}

function operatingSystem(): Finding {
  const subject = 'operating system';
  const detail = `${process.platform} ${process.arch}`;
  if (process.platform === 'linux' || process.platform === 'darwin')
    return { subject, status: 'ok', detail, neededBy: [] };
  const mend = process.platform === 'win32' ? 'Use Slipway inside of WSL.' : 'Use Linux or macOS.';
  return { subject, status: 'missing', detail: `${detail} is not supported`, neededBy: [], mend };
}

async function git(): Promise<Finding> {
  const file = findOnPath('git');
  const version = file && (await readVersion(file, /git version ([\d.]+)/));
  const base = { subject: 'git', neededBy: [], tool: 'git' as const };
  if (!file || !version) {
    return {
      ...base,
      status: 'missing',
      detail: 'not installed',
      mend: `${capitalised(installHint('git'))}.`,
    };
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > LEAST_GIT[0] || (major === LEAST_GIT[0] && minor >= LEAST_GIT[1])) {
    return { ...base, status: 'ok', detail: `${version} (${file})` };
  }
  const mend = `Install git ${LEAST_GIT.join('.')} or newer.`;
  return { ...base, status: 'missing', detail: `${version} is too old`, mend };
}

function diskSpace(paths: string[]): Finding[] {
  return [...new Set(paths)].map((path) => {
    const { bavail, bsize } = statfsSync(nearestExisting(path));
    const freeBytes = bavail * bsize;
    const subject = `disk space of ${path}`;
    const detail = `${Math.floor(freeBytes / MIB).toLocaleString('en')} MiB free`;
    if (freeBytes >= ENOUGH_BYTES) return { subject, status: 'ok', detail, neededBy: [] };
    const status = freeBytes >= LEAST_BYTES ? 'warning' : 'missing';
    return { subject, status, detail, neededBy: [], mend: 'Free some space on that disk.' };
  });
}

function nearestExisting(path: string): string {
  for (let candidate = path; ; candidate = dirname(candidate)) {
    if (statfsOrNull(candidate)) return candidate;
    if (candidate === dirname(candidate)) return candidate;
  }
}

function statfsOrNull(path: string): object | null {
  try {
    return statfsSync(path);
  } catch {
    return null;
  }
}

const ENOUGH_FILES = 1024;

/** Many jobs at once hold many pipes open; macOS starts shells with 256. */
async function openFiles(): Promise<Finding> {
  const subject = 'open files (ulimit -n)';
  const { output } = await collectOutput({
    ...{ file: '/bin/sh', args: ['-c', 'ulimit -n'], cwd: '/', input: '' },
    env: {},
  });
  const detail = output.trim();
  // `unlimited` is no number.
  if (!(Number(detail) < ENOUGH_FILES)) return { subject, status: 'ok', detail, neededBy: [] };
  return {
    subject,
    status: 'warning',
    detail,
    neededBy: [],
    mend: `Raise the limit: ulimit -n ${ENOUGH_FILES * 4}.`,
  };
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
