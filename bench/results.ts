import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findOnPath } from '../packages/runner/src/machine/binaries.ts';
import { resultsActionFiles } from '../tests/results/bundle-action.ts';
import { type Command, type Measured, measureInTurn, median, medianMs } from './measure.ts';
import type { BenchRepository, Figure, Row, RowContext } from './row.ts';

const megabyte = 1_000_000;
const mostRounds = 3;

/**
 * Artifacts and caches through the official clients, against tar and zstd on the same files; whole runs, so that checkout and the
 * start of the action are in the figure.
 */
export const resultsRow: Row = {
  name: 'results',
  async measure(context) {
    const rounds = Math.min(context.rounds, mostRounds);
    return [
      ...(await artifactFigures(context, rounds)),
      ...(findOnPath('zstd') === undefined ? [] : await cacheFigures(context, rounds)),
      ...(await gigabyteFigures(context, rounds)),
    ];
  },
};

async function artifactFigures(context: RowContext, rounds: number): Promise<Figure[]> {
  const sizeMb = 256;
  const { repository, data, run } = await prepare(context, 'artifact', (folder) => [
    `{ do: upload, name: files, path: '${folder}' }`,
    "{ do: download, name: files, path: '${{ runner.temp }}/got' }",
  ]);
  writeFiles(data, sizeMb);
  const copy = join(dirname(data), 'copy');
  const script = `rm -rf ${copy} && mkdir ${copy} && tar -cf ${copy}/files.tar -C ${data} . && tar -xf ${copy}/files.tar -C ${copy}`;
  const [ours, theirs] = await measureInTurn([run, shell(script, repository)], rounds);
  return [
    throughput(`artifact of ${sizeMb} MB up and down, against tar`, { sizeMb, ours: ours!, theirs: theirs! }),
  ];
}

async function cacheFigures(context: RowContext, rounds: number): Promise<Figure[]> {
  const sizeMb = 500;
  const save = await prepare(context, 'cache', (folder) => [`{ do: save, name: key, path: '${folder}' }`]);
  const { repository, data } = save;
  writeFiles(data, sizeMb);
  const archive = join(dirname(data), 'files.tar.zst');
  const pack = shell(`tar -C ${data} --use-compress-program zstdmt -cf ${archive} .`, repository);
  const forget = () => rmSync(join(repository.path, '.slipway'), { recursive: true, force: true });
  const [saved, packed] = await measureInTurn([{ ...save.run, prepare: forget }, pack], rounds);
  writeWorkflow(repository, [`{ do: restore, name: key, path: '${data}' }`]);
  const clear = () => rmSync(data, { recursive: true, force: true });
  const unpack = shell(
    `mkdir -p ${data} && tar -C ${data} --use-compress-program unzstd -xf ${archive}`,
    repository,
  );
  const [hit, unpacked] = await measureInTurn(
    [
      { ...save.run, prepare: clear },
      { ...unpack, prepare: clear },
    ],
    rounds,
  );
  return [
    throughput(`saving ${sizeMb} MB, against tar and zstd`, { sizeMb, ours: saved!, theirs: packed! }),
    throughput(`cache hit of ${sizeMb} MB, against tar and zstd`, { sizeMb, ours: hit!, theirs: unpacked! }),
  ];
}

async function gigabyteFigures(context: RowContext, rounds: number): Promise<Figure[]> {
  const sizeMb = 1_000;
  const { repository, data, run } = await prepare(context, 'gigabyte', (folder) => [
    `{ do: upload, name: large, path: '${folder}/large' }`,
    "{ do: download, name: large, path: '${{ runner.temp }}/got' }",
  ]);
  const { bavail, bsize } = statfsSync(repository.path);
  if (bavail * bsize < 5 * sizeMb * megabyte) return [];
  mkdirSync(data, { recursive: true });
  const forget = () => rmSync(join(repository.path, '.slipway'), { recursive: true, force: true });
  const make = shell(
    `test -e ${data}/large || head -c ${sizeMb * megabyte} /dev/zero > ${data}/large`,
    repository,
  );
  const [, measured] = await measureInTurn([make, { ...run, prepare: forget }], Math.min(rounds, 1));
  const peaks = measured!.flatMap(({ peakBytes }) => peakBytes ?? []);
  if (peaks.length === 0) return [];
  const seconds = (medianMs(measured!) / 1000).toFixed(1);
  const detail = `resident, slipway itself; ${seconds} s up and down`;
  return [
    { name: 'peak memory, artifact of 1 GB', detail, value: median(peaks) / 1e6, unit: 'MB', target: 200 },
  ];
}

/** A repository whose one job does these things with `./act`; `data` is a folder outside of it. */
async function prepare({ slipway, repository }: RowContext, name: string, deeds: (data: string) => string[]) {
  const made = repository(name, '');
  const data = join(dirname(made.path), 'data');
  for (const [path, text] of Object.entries(await resultsActionFiles())) {
    mkdirSync(join(made.path, dirname(path)), { recursive: true });
    writeFileSync(join(made.path, path), text);
  }
  writeWorkflow(made, deeds(data));
  const run: Command = { file: slipway, args: ['run'], cwd: made.path, env: { SLIPWAY_HOME: made.home } };
  return { repository: made, data, run };
}

function writeWorkflow({ path }: BenchRepository, deeds: string[]): void {
  const steps = deeds.map((deed) => `      - uses: ./act\n        with: ${deed}\n`);
  writeFileSync(
    join(path, '.github/workflows/bench.yml'),
    `on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n${steps.join('')}`,
  );
}

/** Files of a quarter megabyte, half of each noise and half of it a repetition, as compressible as packages are. */
function writeFiles(folder: string, sizeMb: number): void {
  mkdirSync(folder, { recursive: true });
  for (let file = 0; file < sizeMb * 4; file += 1) {
    const noise = randomBytes(megabyte / 8);
    writeFileSync(join(folder, String(file)), Buffer.concat([noise, noise]));
  }
}

function shell(script: string, { path }: BenchRepository): Command {
  return { file: 'bash', args: ['-e', '-c', script], cwd: path };
}

function throughput(
  name: string,
  { sizeMb, ours, theirs }: { sizeMb: number; ours: Measured[]; theirs: Measured[] },
): Figure {
  const [oursMs, theirsMs] = [medianMs(ours), medianMs(theirs)];
  const rate = (ms: number) => `${((sizeMb * 1000) / ms).toFixed(0)} MB/s`;
  const detail = `${oursMs.toFixed(0)} ms (${rate(oursMs)}) against ${theirsMs.toFixed(0)} ms (${rate(theirsMs)})`;
  return { name, detail, value: oursMs / theirsMs, unit: '×', target: null };
}
