import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, measureInTurn, medianMs } from './measure.ts';
import type { Row } from './row.ts';

const uses = 40;
const script = "console.log('hello', process.env.INPUT_WHO);\n";

/** What each use of a JavaScript action adds to a job, against starting its script with Node. */
export const nodeActionRow: Row = {
  name: 'node-action',
  async measure({ rounds, slipway, repository }) {
    const folder = repository('bare-node', workflow(1)).path;
    const [one, many] = [1, uses].map((count): Command => {
      const { path, home } = repository(`actions-${count}`, workflow(count));
      writeAction(join(path, 'act'));
      return { file: slipway, args: ['run'], cwd: path, env: { SLIPWAY_HOME: home } };
    });
    const [bareOne, bareMany] = [1, uses].map((count) => bare(folder, count));
    const measured = await measureInTurn([one!, many!, bareOne!, bareMany!], Math.min(rounds, 7));
    const [oneMs, manyMs, bareOneMs, bareManyMs] = measured.map(medianMs);
    const use = (manyMs! - oneMs!) / (uses - 1);
    const bareUse = (bareManyMs! - bareOneMs!) / (uses - 1);
    const detail = `${use.toFixed(1)} ms against ${bareUse.toFixed(1)} ms for node alone`;
    return [
      {
        name: `each use of a JavaScript action (${uses})`,
        detail,
        value: use / bareUse,
        unit: '×',
        target: 1.5,
      },
    ];
  },
};

function writeAction(folder: string): void {
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'action.yml'),
    'name: act\ninputs:\n  who:\n    default: world\nruns:\n  using: node24\n  main: main.js\n',
  );
  writeFileSync(join(folder, 'main.js'), script);
}

function workflow(count: number): string {
  return `on: push
jobs:
  many:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
${'      - uses: ./act\n'.repeat(count)}`;
}

function bare(folder: string, count: number): Command {
  writeFileSync(join(folder, 'main.js'), script);
  const program = join(folder, `bare-${count}.mjs`);
  writeFileSync(
    program,
    `import { spawn } from 'node:child_process';
for (let use = 0; use < ${count}; use += 1) {
  const child = spawn(process.execPath, ['main.js'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.resume();
  child.stderr.resume();
  await new Promise((resolve) => child.on('close', resolve));
}
`,
  );
  return { file: process.execPath, args: [program], cwd: folder };
}
