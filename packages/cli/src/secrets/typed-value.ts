import { readFileSync } from 'node:fs';
import type { Mistake } from '../command-line/command.ts';

/** A value that is typed, piped in, or in a file; line ends after it are left out, as most tools add one. */
export async function readValue(
  name: string,
  file: string | undefined,
): Promise<{ value: string; mistake: null } | { value: null; mistake: Mistake }> {
  try {
    const text = file === undefined ? await readInput(name) : readFileSync(file, 'utf8');
    const value = text.replace(/[\r\n]+$/, '');
    if (value !== '') return { value, mistake: null };
    return {
      value: null,
      mistake: {
        message: `the value of ${name} is empty`,
        mend: 'Type it, pipe it in, or name a file with --from-file.',
      },
    };
  } catch (error) {
    const message = `cannot read ${file}: ${error instanceof Error ? error.message : error}`;
    return { value: null, mistake: { message, mend: 'Name a file that can be read.' } };
  }
}

function readInput(name: string): Promise<string> {
  return process.stdin.isTTY ? readUnseen(name) : readToEnd();
}

async function readToEnd(): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of process.stdin) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

/** One line, which the terminal does not show. */
async function readUnseen(name: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const { Writable } = await import('node:stream');
  process.stderr.write(`Value of ${name} (it is not shown): `);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await lines.question('');
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
