import { fstatSync } from 'node:fs';

/** Whether the standard output is a terminal that can be drawn on. */
export async function isTerminal({ TERM, CI }: NodeJS.ProcessEnv): Promise<boolean> {
  // Most often it is a file or a pipe, and `node:tty` need not be loaded to know that.
  if (!fstatSync(1).isCharacterDevice() || TERM === 'dumb' || (CI !== undefined && CI !== '')) return false;
  const { isatty } = await import('node:tty');
  return isatty(1);
}
