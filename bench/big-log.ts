import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, measureInTurn, median, medianMs } from './measure.ts';
import type { Figure, Row } from './row.ts';

const sizeBytes = 100_000_000;
const line = 'the quick brown fox jumps over the lazy dog, and the log goes on and on and on';
const print = `yes '${line}' | head -c ${sizeBytes}`;

/**
 * What printing 100 MB adds to a run with masks active, against piping the same through `cat`; nobody reads the output. Slipway keeps
 * the log under `.slipway` besides.
 */
export const bigLogRow: Row = {
  name: 'big-log',
  async measure({ rounds, slipway, repository }) {
    const [large, small] = [print, 'echo nothing'].map((script, index): Command => {
      const { path, home } = repository(`big-log-${index}`, workflow(script));
      const forget = () => rmSync(join(path, '.slipway'), { recursive: true, force: true });
      const env = { SLIPWAY_HOME: home };
      return { file: slipway, args, cwd: path, env, prepare: forget };
    });
    const script = `{ ${print}; } | cat`;
    const cat: Command = { file: 'bash', args: ['-c', script], cwd: large!.cwd };
    const [through, empty, piped] = await measureInTurn([large!, small!, cat], rounds);
    const [addedMs, catMs] = [medianMs(through!) - medianMs(empty!), medianMs(piped!)];
    const peaks = through!.flatMap(({ peakBytes }) => peakBytes ?? []);
    const memory: Figure[] = peaks.length === 0 ? [] : [peakFigure(median(peaks))];
    return [
      {
        name: '100 MB log, masks active',
        detail: `${addedMs.toFixed(0)} ms more than an empty step, against ${catMs.toFixed(0)} ms through cat`,
        value: addedMs / catMs,
        unit: '×',
        target: 2,
      },
      ...memory,
    ];
  },
};

const args = ['run', '--secret', 'TOKEN=a-secret-that-is-not-printed', '--secret', 'KEY=one more of them'];

function workflow(script: string): string {
  return `on: push
jobs:
  print:
    runs-on: ubuntu-latest
    steps:
      - run: echo "::add-mask::another hidden value"
      - run: ${script}
`;
}

function peakFigure(peakBytes: number): Figure {
  const detail = 'resident, slipway itself';
  return { name: 'peak memory, 100 MB log', detail, value: peakBytes / 1e6, unit: 'MB', target: 200 };
}
