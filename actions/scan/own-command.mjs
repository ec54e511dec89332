import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fail } from '../step.mjs';
import { readSarif } from './sarif.mjs';

/**
 * @param {string} command
 * @param {{ sarif: string }} subject
 */
export async function scanByCommand(command, { sarif }) {
  spawnSync('bash', ['-c', command], { stdio: 'inherit', env: { ...process.env, SARIF: sarif } });
  const text = await readFile(sarif, 'utf8').catch(() => undefined);
  if (text === undefined) fail('Scan', `'${command}' left no SARIF in $SARIF, so nothing is known.`);
  const result = readSarif(JSON.parse(text));
  if (result.scanner === '') fail('Scan', `No scanner of '${command}' was successful.`);
  return result;
}
