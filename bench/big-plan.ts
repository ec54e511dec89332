import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, measureInTurn, medianMs } from './measure.ts';
import type { Figure, Row } from './row.ts';

const jobs = 1000;

/** Planning a workflow of 1,000 jobs, each needing the one before it in its row of ten. */
export const bigPlanRow: Row = {
  name: 'big-plan',
  async measure({ rounds, slipway, repository }) {
    const { path, home } = repository('big-plan', workflow());
    const plan: Command = { file: slipway, args: ['plan'], cwd: path, env: { SLIPWAY_HOME: home } };
    const forget = () => rmSync(join(home, 'models'), { recursive: true, force: true });
    const node: Command = { file: process.execPath, args: ['-e', '0'], cwd: path };
    const [bare, unchanged, cold] = await measureInTurn([node, plan, { ...plan, prepare: forget }], rounds);
    const work = (all: number): number => (all - medianMs(bare!)) / 1000;
    return [
      figure('plan of 1,000 jobs, unchanged', work(medianMs(unchanged!))),
      figure('plan of 1,000 jobs, never read', work(medianMs(cold!))),
    ];
  },
};

function figure(name: string, value: number): Figure {
  return { name, detail: 'whole process less node -e 0', value, unit: 's', target: 0.5 };
}

function workflow(): string {
  const text = Array.from({ length: jobs }, (_, index) => {
    const needs = index % 10 === 0 ? '' : `    needs: job-${index - 1}\n`;
    return `  job-${index}:\n    runs-on: ubuntu-latest\n${needs}    steps:\n      - run: echo ${index}\n`;
  });
  return `on: push\njobs:\n${text.join('')}`;
}
