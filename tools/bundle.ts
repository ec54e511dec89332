import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * Builds `dist/slipway.cjs`: the whole command line as CommonJS, one entry and a chunk for every dynamic import,
 * so that a command loads only what it uses. `npm ci` runs it (`prepare`), and so does `bin/slipway` when `dist` is missing.
 */
const root = join(import.meta.dirname, '..');
const directory = join(root, 'dist');

try {
  await bundle();
} catch (error) {
  // A checkout whose sources do not build must still install: `bin/slipway` builds again and shows the error.
  if (process.env.npm_lifecycle_event !== 'prepare') throw error;
  process.stderr.write(`slipway: not built yet: ${error instanceof Error ? error.message : error}\n`);
}

async function bundle(): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const build = await rolldown({
    input: join(root, 'packages/cli/src/main.ts'),
    platform: 'node',
    logLevel: 'warn',
    transform: { define: { SLIPWAY_VERSION: JSON.stringify(version) } },
  });
  const { output } = await build.generate({
    format: 'cjs',
    entryFileNames: 'slipway.cjs',
    chunkFileNames: '[name]-[hash].cjs',
    minify: { mangle: false, compress: true, codegen: true },
  });
  await build.close();
  mkdirSync(directory, { recursive: true });
  // The entry comes first in `output` and must be written last: it names the chunks.
  for (const file of output.toReversed())
    place(file.fileName, file.type === 'chunk' ? file.code : file.source);
  removeOutdated(new Set(output.map((file) => file.fileName)));
}

/** By rename, so that a command that starts at this moment sees the old bundle or the new one whole. */
function place(fileName: string, content: string | Uint8Array): void {
  const target = join(directory, fileName);
  const draft = `${target}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, target);
}

/** Chunks of earlier builds stay for a day: a command that is running may still load them. */
function removeOutdated(current: Set<string>): void {
  const dayMs = 24 * 60 * 60 * 1000;
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (current.has(name) || !existsSync(path)) continue;
    const status = statSync(path);
    if (status.isFile() && Date.now() - status.mtimeMs > dayMs) rmSync(path, { force: true });
  }
}
