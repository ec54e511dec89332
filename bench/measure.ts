import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A whole process, as a shell would start it. */
export interface Command {
  file: string;
  args: readonly string[];
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** Done before every start and not measured. */
  prepare?(): void;
}

export interface Measured {
  durationMs: number;
  /** Most memory that the process itself held (not its children); null where the system does not tell. */
  peakBytes: number | null;
}

/**
 * Runs the commands in turn, `rounds` times round, so that whatever else the machine does meets all of them alike.
 * @returns per command its measurements, in the order of the rounds.
 * @throws when a command fails: a figure of a failed run says nothing.
 */
export async function measureInTurn(commands: readonly Command[], rounds: number): Promise<Measured[][]> {
  const measured: Measured[][] = commands.map(() => []);
  // One unmeasured round fills the system's caches.
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, command] of commands.entries()) {
      const one = await measure(command);
      if (round >= 0) measured[index]!.push(one);
    }
  }
  return measured;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function medianMs(measured: readonly Measured[]): number {
  return median(measured.map(({ durationMs }) => durationMs));
}

function measure(command: Command): Promise<Measured> {
  command.prepare?.();
  const { file, args, cwd, env } = command;
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(file, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    let peakBytes: number | null = null;
    const watch = setInterval(() => {
      peakBytes = peakOf(child.pid) ?? peakBytes;
    }, 10);
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', reject);
    child.on('exit', (status) => {
      const durationMs = performance.now() - startedAt;
      clearInterval(watch);
      if (status === 0) resolve({ durationMs, peakBytes });
      else reject(new Error(`${[file, ...args].join(' ')} ended with ${status}\n${stderr}`));
    });
  });
}

/** The kernel's high-water mark: it only grows, so that the last look is the answer. */
function peakOf(pid: number | undefined): number | null {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null;
  }
}
