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
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OutputChunk, type OutputOptions, rolldown } from 'rolldown';
import { lazyBuiltins } from './lazy-builtins.ts';
import { chunksToRemove, startsOfProcesses } from './outdated-chunks.ts';

/**
 * Builds `dist/`: the whole command line as CommonJS, one entry (`main-….cjs`) and a chunk for every dynamic import, so that a
 * command loads only what it uses; and `slipway.cjs`, which loads them with their compiled code. `npm ci` runs it (`prepare`), and
 * so does `bin/slipway` when `dist` is missing.
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
  const output = await build('packages/cli/src/main.ts', {
    entryFileNames: 'main-[hash].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    // What every start needs is one file, that of `slipway run`: each file more is felt.
    codeSplitting: { groups: [{ name: 'run', test: /packages\/cli\/src\/main\.ts$/ }] },
    define: { SLIPWAY_VERSION: JSON.stringify(version) },
  });
  // The entry comes first.
  const [start] = await build('packages/cli/src/start.ts', {
    entryFileNames: 'slipway.cjs',
    define: { SLIPWAY_MAIN: JSON.stringify(output[0]!.fileName) },
  });
  mkdirSync(directory, { recursive: true });
  for (const { fileName, code } of output) place(fileName, asFunction(code));
  // Last: it names the others.
  place(start!.fileName, start!.code);
  removeOutdated(new Set([...output, start!].map(({ fileName }) => fileName)));
  compileByRunning();
}

async function build(
  input: string,
  { define, ...options }: OutputOptions & { define: Record<string, string> },
): Promise<OutputChunk[]> {
  const bundle = await rolldown({
    input: join(root, input),
    platform: 'node',
    logLevel: 'warn',
    // What one command loads late may be part of another from the start.
    checks: { ineffectiveDynamicImport: false },
    plugins: [lazyBuiltins()],
    transform: { define },
  });
  const { output } = await bundle.generate({
    format: 'cjs',
    minify: true,
    dynamicImportInCjs: false,
    ...options,
  });
  await bundle.close();
  return output.filter((file) => file.type === 'chunk');
}

/**
 * As `packages/cli/src/start.ts` loads it. In ASCII, because V8 keeps a source with one other character in twice the memory and
 * takes a quarter longer to load it.
 */
function asFunction(code: string): string {
  const inAscii = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `(function(exports,require,module,__filename,__dirname){${code.replaceAll(/[^\x00-\x7f]/g, inAscii)}\n})`;
}

/**
 * What is kept of the compiled code are the functions that were called in the run that wrote it, and it is not written again: the
 * first run decides how quick all later ones are. So it is a run like most.
 */
function compileByRunning(): void {
  rmSync(join(directory, '.compiled'), { recursive: true, force: true });
  const folder = mkdtempSync(join(tmpdir(), 'slipway-build-'));
  try {
    const repository = join(folder, 'repository');
    mkdirSync(join(repository, '.github/workflows'), { recursive: true });
    writeFileSync(join(repository, '.github/workflows/ci.yml'), sampleWorkflow);
    const run = (file: string, ...args: string[]): void => {
      const env = { ...process.env, SLIPWAY_HOME: join(folder, 'home') };
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

/** By rename, so that a command that starts at this moment sees the old bundle or the new one whole. */
function place(fileName: string, content: string): void {
  const target = join(directory, fileName);
  const draft = `${target}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, target);
}

/** A command that is running may still load chunks of its build. A chunk's time is that of the last build that had it, or from when on it is outdated. */
function removeOutdated(current: ReadonlySet<string>): void {
  const record = join(directory, '.current');
  const now = Date.now();
  for (const name of existsSync(record) ? readFileSync(record, 'utf8').split('\n') : []) {
    const path = join(directory, name);
    if (!current.has(name) && existsSync(path)) utimesSync(path, now / 1000, now / 1000);
  }
  writeFileSync(record, [...current].join('\n'));
  const old = readdirSync(directory, { withFileTypes: true }).filter(
    (entry) => entry.isFile() && !entry.name.startsWith('.') && !current.has(entry.name),
  );
  const chunks = old.map(({ name }) => ({ name, outdatedSince: statSync(join(directory, name)).mtimeMs }));
  for (const name of chunksToRemove(chunks, { startedAt: startsOfProcesses(now), now })) {
    rmSync(join(directory, name), { force: true });
  }
}
