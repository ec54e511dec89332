import { createInterface } from 'node:readline';

/** Where the person is asked. */
export interface PromptTerminal {
  /** Has the terminal for itself while the work is done: the view keeps still, and other questions wait. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
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
  /** Lines that came faster than they were asked for. */
  const typed: string[] = [];
  return {
    inTurn(work) {
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
    async ask(signal) {
      if (typed.length === 0 && !signal.aborted) await readLine(signal, { history, typed });
      return typed.shift() ?? null;
    },
  };
}

/** Resolves when a line was typed, nobody types any more, or the signal is aborted. */
async function readLine(
  signal: AbortSignal,
  { history, typed }: { history: string[]; typed: string[] },
): Promise<void> {
  // Not kept open from question to question: a shell that is opened between them reads the same terminal.
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: 'slipway> ',
    history: [...history],
  });
  const onAbort = () => lines.close();
  signal.addEventListener('abort', onAbort, { once: true });
  await new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      typed.push(line);
      if (line.trim() !== '') history.unshift(line);
      resolve();
    });
    lines.once('close', () => {
      if (typed.length === 0) process.stdout.write('\n');
      resolve();
    });
    // While a line is edited Ctrl-C is a character like others.
    lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    lines.prompt();
  });
  signal.removeEventListener('abort', onAbort);
  lines.close();
}
