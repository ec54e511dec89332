import { createInterface } from 'node:readline/promises';

/** Where the person is asked. */
export interface PromptTerminal {
  /** Has the terminal for itself while the work is done: the view keeps still, and other questions wait. */
  inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  print(line: string): void;
  /** One line; null if nobody types any more, or the signal was aborted. */
  ask(signal: AbortSignal): Promise<string | null>;
}

export interface PromptTerminalOptions {
  /** Keeps the view still. @returns what lets it go on */
  hold(): () => void;
}

/** The process's own terminal. */
export function promptTerminal({ hold }: PromptTerminalOptions): PromptTerminal {
  let last: Promise<unknown> = Promise.resolve();
  const history: string[] = [];
  return {
    inTurn(signal, work) {
      const turn = last.then(async () => {
        const release = hold();
        try {
          return await work();
        } finally {
          release();
        }
      });
      last = turn.catch(() => {});
      return turn;
    },
    print: (line) => void process.stdout.write(`${line}\n`),
    ask: (signal) => askOnce(signal, history),
  };
}

async function askOnce(signal: AbortSignal, history: string[]): Promise<string | null> {
  const lines = createInterface({ input: process.stdin, output: process.stdout, history: [...history] });
  // In raw mode Ctrl-C is a character.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const ended = new Promise<null>((resolve) => lines.once('close', () => resolve(null)));
    const line = await Promise.race([lines.question('slipway> ', { signal }), ended]);
    if (line !== null && line.trim() !== '') history.unshift(line);
    if (line === null) process.stdout.write('\n');
    return line;
  } catch {
    process.stdout.write('\n');
    return null;
  } finally {
    lines.close();
  }
}
