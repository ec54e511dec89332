import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, measureInTurn, median, medianMs } from './measure.ts';
import type { Row } from './row.ts';

const steps = 200;
const script = 'echo "step output"';

/** What a step adds to a job, against starting the same scripts from Node with their output piped. */
export const furtherStepRow: Row = {
  name: 'further-step',
  async measure({ rounds, slipway, repository }) {
    const [one, many] = [1, steps].map((count): Command => {
      const { path, home } = repository(`steps-${count}`, workflow(count));
      return { file: slipway, args: ['run'], cwd: path, env: { SLIPWAY_HOME: home } };
    });
    const scripts = repository('bare', workflow(1)).path;
    const [bareOne, bareMany] = [1, steps].map((count) => bare(scripts, count));
    const measured = await measureInTurn([one!, many!, bareOne!, bareMany!], rounds);
    const [oneMs, manyMs, bareOneMs, bareManyMs] = measured.map(medianMs);
    const step = (manyMs! - oneMs!) / (steps - 1);
    const bareStep = (bareManyMs! - bareOneMs!) / (steps - 1);
    const peaks = measured[1]!.flatMap(({ peakBytes }) => peakBytes ?? []);
    return [
      {
        name: `each further step (${steps}-step job)`,
        detail: `${step.toFixed(2)} ms against ${bareStep.toFixed(2)} ms for a bare spawn`,
        value: step / bareStep,
        unit: '×',
        target: 1.5,
      },
      ...(peaks.length === 0
        ? []
        : [
            {
              name: `peak memory, ${steps}-step job`,
              detail: 'resident, slipway itself',
              value: median(peaks) / 1e6,
              unit: 'MB' as const,
              target: 150,
            },
          ]),
    ];
  },
};

function workflow(count: number): string {
  return `on: push
jobs:
  many:
    runs-on: ubuntu-latest
    steps:
${`      - run: ${script}\n`.repeat(count)}`;
}

/** The least that a runner written in Node can do: a script file each, started as GitHub does, output read, exit awaited. */
function bare(directory: string, count: number): Command {
  const folder = join(directory, `bare-${count}`);
  mkdirSync(folder);
  for (let step = 0; step < count; step += 1) writeFileSync(join(folder, `${step}.sh`), `${script}\n`);
  const program = join(folder, 'bare.mjs');
  writeFileSync(
    program,
    `import { spawn } from 'node:child_process';
let bytes = 0;
for (let step = 0; step < ${count}; step += 1) {
  const child = spawn('bash', ['-e', \`${folder}/\${step}.sh\`], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.on('data', (chunk) => (bytes += chunk.length));
  child.stderr.on('data', (chunk) => (bytes += chunk.length));
  await new Promise((resolve) => child.on('close', resolve));
}
if (bytes === 0) process.exit(1);
`,
  );
  return { file: process.execPath, args: [program], cwd: folder };
}
