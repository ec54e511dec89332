import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/**
 * Runs the command line with what it says on standard error shown, and resolves to what it printed, line by line.
 * @param {string[]} args
 * @param {{ onLine?: (line: string) => void }} [options]
 * @returns {Promise<{ status: number, lines: string[] }>}
 */
export async function slipway(args, { onLine } = {}) {
  const launcher = fileURLToPath(new URL('slipway', import.meta.url));
  const child = spawn(launcher, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
  // The step is cancelled: what is under way at the server goes on or is called off there, by its own rules.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
  if (onLine === undefined) {
    const output = await text(child.stdout);
    return { status: await ended, lines: output.split('\n').filter((line) => line !== '') };
  }
  const lines = [];
  let rest = '';
  const take = (line) => {
    if (line === '') return;
    lines.push(line);
    onLine(line);
  };
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    parts.forEach(take);
  }
  take(rest);
  return { status: await ended, lines };
}
