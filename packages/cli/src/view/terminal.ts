import { fstatSync, statSync } from 'node:fs';

/** Whether the standard output is a terminal that can be drawn on. */
export async function isTerminal({ TERM, CI }: NodeJS.ProcessEnv): Promise<boolean> {
  if (TERM === 'dumb' || (CI !== undefined && CI !== '') || !mayBeTerminal()) return false;
  const { isatty } = await import('node:tty');
  return isatty(1);
}

/** Most often it is a file, a pipe or nothing, and `node:tty` need not be loaded to know that. */
function mayBeTerminal(): boolean {
  const output = fstatSync(1);
  return output.isCharacterDevice() && output.rdev !== statSync('/dev/null').rdev;
}
