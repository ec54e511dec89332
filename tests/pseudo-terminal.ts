import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { slipwayCommand } from './slipway-process.ts';

/** Why there is none here; undefined if there is. */
export function noPseudoTerminal(): string | undefined {
  const found = spawnSync('script', ['--version'], { encoding: 'utf8' });
  return found.stdout?.includes('util-linux') ? undefined : "no 'script' of util-linux is installed";
}

/** A process in a terminal of its own, by script(1): what it prints is read, what is typed is sent. */
export class PseudoTerminal {
  /** All that was printed, as printed. */
  output = '';
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  /** In the plain text. */
  #seen = 0;
  #hasEnded = false;
  #waiting: (() => void)[] = [];

  constructor(args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }) {
    const quoted = slipwayCommand(args).map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
    // Of its own process group no more than a shell would make: `exec` leaves no shell between.
    this.#child = spawn('script', ['-qefc', `stty cols 200 rows 50; exec ${quoted.join(' ')}`, '/dev/null'], {
      cwd: options.cwd,
      env: { ...process.env, CI: '', TERM: 'xterm', NO_COLOR: '1', SHELL: '/bin/sh', ...options.env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
      this.#wake();
    });
    this.ended = new Promise((resolve) => {
      this.#child.on('close', (status) => {
        this.#hasEnded = true;
        this.#wake();
        resolve(status);
      });
    });
    onTestFinished(() => void this.#child.kill('SIGKILL'));
  }

  /** Resolves to what was printed up to the end of the text, from where the one before ended. */
  async shows(text: string | RegExp): Promise<string> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const rest = plain(this.output).slice(this.#seen);
      const found = typeof text === 'string' ? placeOf(rest, text) : text.exec(rest);
      if (found !== null) {
        const end = found.index + found[0].length;
        this.#seen += end;
        return rest.slice(0, end);
      }
      if (this.#hasEnded) throw new Error(`It ended without showing ${text}:\n${rest}`);
      if (Date.now() > deadline) throw new Error(`It does not show ${text}:\n${rest}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patienceMs);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** At the prompt. */
  async types(line: string): Promise<void> {
    await this.shows(prompt);
    this.#child.stdin?.write(`${line}\r`);
  }

  send(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

function placeOf(text: string, wanted: string): { index: number; 0: string } | null {
  const index = text.indexOf(wanted);
  return index === -1 ? null : { index, 0: wanted };
}

/** Long enough for a crowded machine; what is missing is told before the test's own time is up. */
const patienceMs = 45_000;
const prompt = 'slipway> ';

function plain(text: string): string {
  return text.replaceAll(/\x1b\[[\d;?]*[A-Za-z]/g, '').replaceAll('\r\n', '\n');
}
