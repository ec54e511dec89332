import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { findOnPath } from '../packages/runner/src/machine/binaries.ts';
import { writeManyFiles } from './many-files.ts';
import { type Command, measureInTurn, medianMs } from './measure.ts';
import type { Figure, Row } from './row.ts';

const legs = Array.from({ length: 16 }, (_, leg) => leg + 1);
const manyFiles = 10_000;

interface Compared {
  name: string;
  /** Of the one job, below `runs-on`. */
  job: string;
  /** In the repository; default none but the workflow. */
  files?: number;
}

const compared: readonly Compared[] = [
  { name: 'one step', job: steps(['run: echo hello']) },
  { name: 'ten steps', job: steps(Array.from({ length: 10 }, () => 'run: echo hello')) },
  {
    name: `a matrix of ${legs.length}`,
    job: `    strategy: { matrix: { leg: [${legs.join(', ')}] } }\n${steps(['run: echo hello'])}`,
  },
  {
    name: `checkout of ${manyFiles} files`,
    job: steps(['uses: actions/checkout@v4', 'run: test -e many/0/0.txt']),
    files: manyFiles,
  },
];

/** nektos/act on the same files, both on the host; nothing where there is no `act`. */
export const actRow: Row = {
  name: 'act',
  async measure({ rounds, slipway, repository }) {
    const act = findOnPath('act');
    if (act === null) return [];
    const version = execFileSync(act, ['--version'], { encoding: 'utf8' }).trim();
    const figures: Figure[] = [];
    for (const [index, { name, job, files = 0 }] of compared.entries()) {
      const { path, home } = repository(
        `act-${index}`,
        `on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n${job}`,
      );
      if (files > 0) writeManyFiles(join(path, 'many'), files);
      const run: Command = { file: slipway, args: ['run'], cwd: path, env: { SLIPWAY_HOME: home } };
      const peer: Command = { file: act, args: ['push', '-P', 'ubuntu-latest=-self-hosted'], cwd: path };
      const [ours, theirs] = (await measureInTurn([run, peer], rounds)).map(medianMs);
      const detail = `${ours!.toFixed(0)} ms against ${theirs!.toFixed(0)} ms of ${version}`;
      figures.push({ name: `${name}, against act`, detail, value: ours! / theirs!, unit: '×', target: null });
    }
    return figures;
  },
};

function steps(lines: string[]): string {
  return `    steps:\n${lines.map((line) => `      - ${line}\n`).join('')}`;
}
