import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fail, input, numberInput } from '../step.mjs';

const url = input('BASE_URL').replace(/\/+$/, '');
if (!URL.canParse(url)) fail('Smoke test', `url is '${url}', which is no URL.`);
const answeredInMs = await waitForAnswer(
  `${url}${input('HEALTH_PATH')}`,
  numberInput('Smoke test', 'WAIT_SECONDS') * 1000,
);
process.stdout.write(`${url} answers after ${answeredInMs} ms.\n`);

const command = input('COMMAND');
if (command !== '') {
  const { status } = spawnSync('bash', ['-c', command], {
    stdio: 'inherit',
    env: { ...process.env, BASE_URL: url },
  });
  // Null: a signal ended it, which is no success either.
  if (status !== 0) fail('Smoke test', `'${command}' ended with ${status ?? 'a signal'} against ${url}.`);
}

/**
 * @param {string} address
 * @param {number} patienceMs
 */
async function waitForAnswer(address, patienceMs) {
  const begun = Date.now();
  let trouble = 'no answer';
  do {
    try {
      const { ok, status } = await fetch(address, { signal: AbortSignal.timeout(5000) });
      if (ok) return Date.now() - begun;
      trouble = `it answers ${status}`;
    } catch (error) {
      trouble = error.cause?.message ?? error.message;
    }
    await delay(500);
  } while (Date.now() - begun < patienceMs);
  return fail('Smoke test', `${address} is not well after ${patienceMs / 1000} s: ${trouble}`);
}
