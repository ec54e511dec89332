/** An act can't be done, and trying again can't help. Everything else that is thrown is taken to be transient. */
export class DefiniteFailure extends Error {
  override readonly name = 'DefiniteFailure';
}

/** The last lines of what was printed, for a reason that people read. */
export function lastLines(output: string | null): string {
  const lines = (output ?? '').trim().split('\n').slice(-mostLines).join('\n');
  const shown = lines.length > mostCharacters ? `…${lines.slice(-mostCharacters)}` : lines;
  return shown === '' ? '' : `\n${shown}`;
}

const mostLines = 15;
const mostCharacters = 2_000;
