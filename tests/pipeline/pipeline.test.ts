import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findOnPath } from '../../packages/runner/src/machine/binaries.ts';
import { parseImageReference } from '../../packages/runner/src/services/image-reference.ts';
import { findPostgres } from '../../packages/runner/src/services/native/postgres-installation.ts';
import { shellEnvironment } from '../../tools/demo/machine.ts';
import { runDemo } from '../../tools/demo/run-demo.ts';
import { openTranscript } from '../../tools/demo/transcript.ts';

/** The command line of this checkout as people start it: jobs find the same one on their PATH. */
const slipway = join(import.meta.dirname, '../../bin/slipway');

test('all seven workflows are green end to end in order; a good release is shifted without loss and a bad one is taken back', {
  timeout: 45 * 60_000,
}, async (ctx) => {
  if (!process.env.SLIPWAY_PIPELINE)
    return ctx.skip('SLIPWAY_PIPELINE is not set: it takes a quarter of an hour');
  if (!(await findPostgres(parseImageReference('postgres')))) return ctx.skip('PostgreSQL is not installed');
  if (!findOnPath('redis-server')) return ctx.skip('Redis is not installed');
  if (!['/usr/bin/chromium', '/usr/bin/google-chrome'].some((path) => existsSync(path)))
    return ctx.skip('Chromium is not installed');
  // What jobs call is the bundle: it must be of these sources.
  execFileSync(process.execPath, [join(import.meta.dirname, '../../tools/bundle.ts')]);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-pipeline-'));
  let shown = '';
  const transcript = openTranscript((text) => {
    shown += text;
  }, Date.now);
  await runDemo({
    ...{ slipway: [slipway], folder, transcript, fetchesActions: false },
    signal: ctx.signal,
    env: {
      ...shellEnvironment(),
      SLIPWAY_HOME: join(folder, 'home'),
      XDG_CONFIG_HOME: join(folder, 'person'),
    },
  }).catch((error: unknown) => {
    throw new Error(shown, { cause: error });
  });
  expect(transcript.failures, shown).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});
