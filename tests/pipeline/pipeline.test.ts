import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { findOnPath } from '../../packages/runner/src/machine/binaries.ts';
import { parseImageReference } from '../../packages/runner/src/services/image-reference.ts';
import { findPostgres } from '../../packages/runner/src/services/native/postgres-installation.ts';
import { shellEnvironment } from '../../tools/demo/machine.ts';
import type { PipelineOptions } from '../../tools/demo/pipeline.ts';
import { runDemo } from '../../tools/demo/run-demo.ts';
import { openTranscript } from '../../tools/demo/transcript.ts';
import { withPipeline } from '../../tools/demo/with-pipeline.ts';
import { expectWholePipeline } from './whole-pipeline.ts';

const root = join(import.meta.dirname, '../..');
const patience = { timeout: 45 * 60_000 };

const missing = await whatIsMissing();

// What jobs call is the bundle, as people have it: it must be of these sources.
beforeAll(() => {
  if (missing === undefined) execFileSync(process.execPath, [join(root, 'tools/bundle.ts')]);
});

test(
  'all seven workflows are green end to end in order, from the first push to production',
  patience,
  async (ctx) => {
    if (missing !== undefined) return ctx.skip(missing);
    await toTheEnd((options) => withPipeline({ ...options, signal: ctx.signal }, expectWholePipeline));
  },
);

test(
  'a good change is shifted without loss, and a bad one is taken back by itself',
  patience,
  async (ctx) => {
    if (missing !== undefined) return ctx.skip(missing);
    if (process.env.SLIPWAY_PIPELINE !== 'full')
      return ctx.skip(
        'SLIPWAY_PIPELINE is not full: the three releases of the demo take a quarter of an hour',
      );
    await toTheEnd((options) => runDemo({ ...options, signal: ctx.signal }));
  },
);

async function whatIsMissing(): Promise<string | undefined> {
  if (!(await findPostgres(parseImageReference('postgres')))) return 'PostgreSQL is not installed';
  if (!findOnPath('redis-server')) return 'Redis is not installed';
  if (!['/usr/bin/chromium', '/usr/bin/google-chrome'].some((path) => existsSync(path)))
    return 'Chromium is not installed';
  return undefined;
}

/** Everything that it expects holds, and nothing of it is left; its transcript is told with whatever doesn't hold. */
async function toTheEnd(run: (options: PipelineOptions) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-pipeline-'));
  let shown = '';
  const transcript = openTranscript((text) => {
    shown += text;
  }, Date.now);
  const env = {
    ...shellEnvironment(),
    SLIPWAY_HOME: join(folder, 'home'),
    XDG_CONFIG_HOME: join(folder, 'person'),
  };
  const slipway = [join(root, 'bin/slipway')];
  const options = { slipway, folder, transcript, fetchesActions: false, loadLimitMs: 10_000, env };
  await run(options).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${shown}`, { cause: error });
  });
  expect(transcript.failures, shown).toEqual([]);
  expect(existsSync(folder)).toBe(false);
}
