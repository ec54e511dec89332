import type { PausedStep } from '@slipway/runner';
import { meant } from '../command-line/suggestion.ts';

/** What may be typed at the prompt. */
export type PromptCommand =
  | { kind: 'shell' }
  | { kind: 'run' }
  | { kind: 'next' }
  | { kind: 'fail' }
  | { kind: 'succeed' }
  | { kind: 'refresh' }
  | { kind: 'print'; expression: string }
  | { kind: 'contexts'; name: string | null }
  | { kind: 'where' }
  | { kind: 'stop' }
  | { kind: 'help' }
  | { kind: 'nothing' }
  | { kind: 'unknown'; message: string };

interface CommandWords {
  words: readonly string[];
  at: readonly PausedStep['reason'][];
  says: string;
  make(rest: string): PromptCommand;
}

const both = ['before', 'failure'] as const;

const table: readonly CommandWords[] = [
  {
    words: ['retry', 'r'],
    at: ['failure'],
    says: 'run the step again, as the files are now',
    make: () => ({ kind: 'run' }),
  },
  {
    words: ['continue', 'c'],
    at: ['before'],
    says: 'run the step and go on, as the files are now',
    make: () => ({ kind: 'run' }),
  },
  {
    words: ['next', 'n'],
    at: ['before'],
    says: 'run the step and stop before the next one',
    make: () => ({ kind: 'next' }),
  },
  {
    words: ['continue', 'c'],
    at: ['failure'],
    says: 'go on; the step has failed',
    make: () => ({ kind: 'fail' }),
  },
  {
    words: ['pass'],
    at: both,
    says: 'go on as if the step had succeeded',
    make: () => ({ kind: 'succeed' }),
  },
  {
    words: ['shell', 's'],
    at: both,
    says: "open a shell in the step's directory with its environment",
    make: () => ({ kind: 'shell' }),
  },
  {
    words: ['print', 'p'],
    at: both,
    says: 'p EXPRESSION: evaluate it, e.g. p steps.build.outputs',
    make: (rest) =>
      rest === ''
        ? { kind: 'unknown', message: 'Write an expression, e.g. p github.ref' }
        : { kind: 'print', expression: rest },
  },
  {
    words: ['contexts', 'x'],
    at: both,
    says: 'x [NAME]: the contexts there are, or what one holds',
    make: (rest) => ({ kind: 'contexts', name: rest === '' ? null : rest }),
  },
  {
    words: ['where', 'w'],
    at: both,
    says: 'the step and the actions around it',
    make: () => ({ kind: 'where' }),
  },
  {
    words: ['refresh', 'f'],
    at: both,
    says: 'copy what was edited in the repository into the workspace',
    make: () => ({ kind: 'refresh' }),
  },
  {
    words: ['stop', 'q', 'quit', 'exit'],
    at: both,
    says: 'end the run; steps with always() still run',
    make: () => ({ kind: 'stop' }),
  },
  { words: ['help', 'h', '?'], at: both, says: 'this list', make: () => ({ kind: 'help' }) },
];

export function readPromptCommand(line: string, reason: PausedStep['reason']): PromptCommand {
  const [, word = '', rest = ''] = /^\s*(\S*)\s*(.*?)\s*$/.exec(line) ?? [];
  if (word === '') return { kind: 'nothing' };
  const known = table.filter(({ at }) => at.includes(reason));
  const found = known.find(({ words }) => words.includes(word.toLowerCase()));
  if (found !== undefined) return found.make(rest);
  const mend =
    meant(
      word,
      known.map(({ words }) => words[0] ?? ''),
    ) ?? "Type 'help' for what there is.";
  return { kind: 'unknown', message: `There is no command '${word}'. ${mend}` };
}

export function promptHelp(reason: PausedStep['reason']): string[] {
  return table
    .filter(({ at }) => at.includes(reason))
    .map(({ words: [long = '', short], says }) => {
      const name = short === undefined ? long : `${long}, ${short}`;
      return `  ${name.padEnd(14)} ${says}`;
    });
}

/** Shown with the prompt: enough to go on without reading the help. */
export function promptHint(reason: PausedStep['reason']): string {
  return reason === 'failure'
    ? 'retry · shell · continue · pass · p EXPRESSION · stop · help'
    : 'continue · next · shell · p EXPRESSION · stop · help';
}
