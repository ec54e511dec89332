import { type Command, measureInTurn, medianMs } from './measure.ts';
import type { Row } from './row.ts';

const legs = 64;
const atOnce = 16;
const sleepSeconds = 1;

/** How well legs of a matrix fill the places there are. */
export const matrixRow: Row = {
  name: 'matrix',
  async measure({ rounds, slipway, repository }) {
    const numbers = Array.from({ length: legs }, (_, leg) => leg).join(', ');
    const { path, home } = repository(
      'matrix',
      `on: push
jobs:
  leg:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        number: [${numbers}]
    steps:
      - run: sleep ${sleepSeconds}
`,
    );
    const args = ['run', '--max-parallel', String(atOnce)];
    const run: Command = { file: slipway, args, cwd: path, env: { SLIPWAY_HOME: home } };
    const [measured] = await measureInTurn([run], Math.min(rounds, 3));
    const seconds = medianMs(measured!) / 1000;
    const ideal = Math.ceil(legs / atOnce) * sleepSeconds;
    return [
      {
        name: `matrix of ${legs} sleeps, ${atOnce} at once`,
        detail: `${seconds.toFixed(2)} s against ${ideal} s`,
        value: seconds / ideal,
        unit: '×',
        target: 1.15,
      },
    ];
  },
};
