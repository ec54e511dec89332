import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, measureInTurn, medianMs } from './measure.ts';
import type { Figure, Row } from './row.ts';

const workflow = `on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - run: echo hello
`;

/** What a user waits for at least: a run of one step, against the least that a Node program can take. */
export const oneStepRow: Row = {
  name: 'one-step',
  async measure({ rounds, slipway, repository }) {
    const { path, home } = repository('one-step', workflow);
    const env = { SLIPWAY_HOME: home };
    const run: Command = { file: slipway, args: ['run'], cwd: path, env };
    const forget = () => rmSync(join(home, 'models'), { recursive: true, force: true });
    const node: Command = { file: process.execPath, args: ['-e', '0'], cwd: path };
    const [bare, unchanged, cold] = await measureInTurn([node, run, { ...run, prepare: forget }], rounds);
    return [
      figure('one-step run, workflow unchanged', {
        run: medianMs(unchanged!),
        bare: medianMs(bare!),
        target: 2.5,
      }),
      figure('one-step run, workflow never read', { run: medianMs(cold!), bare: medianMs(bare!), target: 5 }),
    ];
  },
};

function figure(name: string, { run, bare, target }: { run: number; bare: number; target: number }): Figure {
  const detail = `${run.toFixed(1)} ms against node -e 0 in ${bare.toFixed(1)} ms`;
  return { name, detail, value: run / bare, unit: '×', target };
}
