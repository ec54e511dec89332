import { type Command, measureInTurn, median, medianMs } from './measure.ts';
import type { Figure, Row } from './row.ts';

const sizeBytes = 100_000_000;
const line = 'the quick brown fox jumps over the lazy dog, and the log goes on and on and on';
const print = `yes '${line}' | head -c ${sizeBytes}`;

/** A step that prints 100 MB with masks active, against piping the same through `cat`. */
export const bigLogRow: Row = {
  name: 'big-log',
  async measure({ rounds, slipway, repository }) {
    const { path, home } = repository(
      'big-log',
      `on: push
jobs:
  print:
    runs-on: ubuntu-latest
    steps:
      - run: echo "::add-mask::another hidden value"
      - run: ${print}
`,
    );
    const args = [
      'run',
      '--secret',
      'TOKEN=a-secret-that-is-not-printed',
      '--secret',
      'KEY=one more of them',
    ];
    const run: Command = { file: slipway, args, cwd: path, env: { SLIPWAY_HOME: home } };
    const cat: Command = { file: 'bash', args: ['-c', `{ ${print}; } | cat`], cwd: path };
    const [through, piped] = await measureInTurn([run, cat], rounds);
    const [runMs, catMs] = [medianMs(through!), medianMs(piped!)];
    const peaks = through!.flatMap(({ peakBytes }) => peakBytes ?? []);
    const memory: Figure[] = peaks.length === 0 ? [] : [peakFigure(median(peaks))];
    return [
      {
        name: '100 MB log, masks active',
        detail: `${runMs.toFixed(0)} ms against ${catMs.toFixed(0)} ms through cat`,
        value: runMs / catMs,
        unit: '×',
        target: 2,
      },
      ...memory,
    ];
  },
};

function peakFigure(peakBytes: number): Figure {
  const detail = 'resident, slipway itself';
  return { name: 'peak memory, 100 MB log', detail, value: peakBytes / 1e6, unit: 'MB', target: 200 };
}
