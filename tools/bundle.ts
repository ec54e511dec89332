import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { lazyBuiltins } from './lazy-builtins.ts';

/**
 * Builds `dist/slipway.cjs`: the whole command line as CommonJS, one entry and a chunk for every dynamic import,
 * so that a command loads only what it uses. `npm ci` runs it (`prepare`), and so does `bin/slipway` when `dist` is missing.
 */
const root = join(import.meta.dirname, '..');
const directory = join(root, 'dist');

/** What a run like most does. */
const sampleWorkflow = `on: push
env:
  LEVEL: \${{ github.ref_name }}
jobs:
  first:
    runs-on: ubuntu-latest
    outputs:
      word: \${{ steps.say.outputs.word }}
    steps:
      - uses: actions/checkout@v4
      - id: say
        run: |
          echo "word=hello" >> "$GITHUB_OUTPUT"
          echo "::notice::hello"
      - run: exit 1
        continue-on-error: true
  second:
    needs: first
    strategy:
      matrix:
        number: [1, 2]
    runs-on: ubuntu-latest
    steps:
      - if: matrix.number == 1
        run: echo "\${{ needs.first.outputs.word }} \${{ matrix.number }} $LEVEL"
`;

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
    plugins: [lazyBuiltins()],
    transform: { define: { SLIPWAY_VERSION: JSON.stringify(version) } },
  });
  const { output } = await build.generate({
    format: 'cjs',
    entryFileNames: 'slipway.cjs',
    chunkFileNames: '[name]-[hash].cjs',
    minify: true,
    // What every start needs is one file, that of `slipway run`: each file more is felt.
    codeSplitting: { groups: [{ name: 'run', test: /packages\/cli\/src\/main\.ts$/ }] },
  });
  await build.close();
  mkdirSync(directory, { recursive: true });
  // The entry comes first in `output` and must be written last: it names the chunks.
  for (const file of output.toReversed()) {
    if (file.type === 'asset') place(file.fileName, file.source);
    else place(file.fileName, asciiOnly(file.isEntry ? withOwnRuntime(file.code, output) : file.code));
  }
  removeOutdated(new Set(output.map((file) => file.fileName)));
  fillCompileCache();
}

/**
 * The compiled code that is kept holds the functions that were compiled in the run that wrote it, and is not written again: the
 * first run decides how quick all later ones are. So it is a run like most.
 */
function fillCompileCache(): void {
  const compiled = join(directory, '.compiled');
  rmSync(compiled, { recursive: true, force: true });
  const folder = mkdtempSync(join(tmpdir(), 'slipway-build-'));
  try {
    const repository = join(folder, 'repository');
    mkdirSync(join(repository, '.github/workflows'), { recursive: true });
    writeFileSync(join(repository, '.github/workflows/ci.yml'), sampleWorkflow);
    const run = (file: string, ...args: string[]): void => {
      const env = { ...process.env, SLIPWAY_HOME: join(folder, 'home'), NODE_COMPILE_CACHE: compiled };
      spawnSync(file, args, { cwd: repository, env, stdio: 'ignore' });
    };
    run('git', 'init', '--initial-branch=main');
    run('git', 'add', '--all');
    run('git', '-c', 'user.name=build', '-c', 'user.email=build@localhost', 'commit', '--message=sample');
    const entry = join(directory, 'slipway.cjs');
    run(process.execPath, entry, 'run');
    run(process.execPath, entry, 'plan');
    run(process.execPath, entry, 'lint');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The bundler keeps its few helper functions in a file of their own; the entry, which every start reads, has them in itself. */
function withOwnRuntime(code: string, output: readonly { fileName: string }[]): string {
  const runtime = output.find(({ fileName }) => fileName.startsWith('rolldown-runtime'));
  if (runtime === undefined || !('code' in runtime)) return code;
  const inlined = `(exports=>{${runtime.code};return exports})({})`;
  return code.replace(`require("./${runtime.fileName}")`, () => inlined);
}

/** V8 keeps a source with one other character in twice the memory, and takes a quarter longer to load it. */
function asciiOnly(code: string): string {
  const inAscii = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return code.replaceAll(/[^\x00-\x7f]/g, inAscii);
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
