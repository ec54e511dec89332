import { readFileSync } from 'node:fs';
import { askUnseen, readPiped } from '../command-line/ask.ts';
import type { Mistake } from '../command-line/command.ts';

/** A value that is typed, piped in, or in a file; line ends after it are left out, as most tools add one. */
export async function readValue(
  name: string,
  file: string | undefined,
): Promise<{ value: string; mistake: null } | { value: null; mistake: Mistake }> {
  try {
    const value =
      file === undefined ? await readInput(name) : readFileSync(file, 'utf8').replace(/[\r\n]+$/, '');
    if (value !== '') return { value, mistake: null };
    const mend = 'Type it, pipe it in, or name a file with --from-file.';
    return { value: null, mistake: { message: `the value of ${name} is empty`, mend } };
  } catch (error) {
    const message = `cannot read ${file}: ${error instanceof Error ? error.message : error}`;
    return { value: null, mistake: { message, mend: 'Name a file that can be read.' } };
  }
}

function readInput(name: string): Promise<string> {
  return process.stdin.isTTY ? askUnseen(`Value of ${name} (it is not shown): `) : readPiped();
}
