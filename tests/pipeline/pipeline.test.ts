import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { findOnPath } from '../../packages/runner/src/machine/binaries.ts';
import { parseImageReference } from '../../packages/runner/src/services/image-reference.ts';
import { findPostgres } from '../../packages/runner/src/services/native/postgres-installation.ts';
import { openImages } from '../../tools/demo/images.ts';
import { shellEnvironment } from '../../tools/demo/machine.ts';
import type { PipelineOptions } from '../../tools/demo/pipeline.ts';
import { runDemo } from '../../tools/demo/run-demo.ts';
import { openTranscript } from '../../tools/demo/transcript.ts';
import { withPipeline } from '../../tools/demo/with-pipeline.ts';
import { prepareTestEngine, testImages } from '../containers/test-engine.ts';
import { expectImagesInProduction } from './images-in-production.ts';
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
  'on the docker target what is built are images of a registry, and they run by digest from staging to production',
  patience,
  async (ctx) => {
    if (missing !== undefined) return ctx.skip(missing);
    const engine = await prepareTestEngine();
    if (engine.kind === 'skip') return ctx.skip(engine.reason);
    const { client } = engine;
    const folder = mkdtempSync(join(tmpdir(), 'slipway-images-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const opened = await openImages({ folder, signal: ctx.signal, origin: testImages.node });
    if (opened.kind === 'none') return ctx.skip(opened.why);
    const { images } = opened;
    try {
      await toTheEnd((options) =>
        withPipeline({ ...options, images, signal: ctx.signal }, (pipeline) =>
          expectImagesInProduction(pipeline, { client, images }),
        ),
      );
    } finally {
      await images.close();
    }
    const own = ['--all', '--quiet', '--filter', `label=${images.label}`];
    expect([await client.run(['ps', ...own]), await client.run(['image', 'ls', ...own])]).toEqual(['', '']);
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
