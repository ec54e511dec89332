import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { actRow } from './act.ts';
import { bigLogRow } from './big-log.ts';
import { bigPlanRow } from './big-plan.ts';
import { checkoutRow } from './checkout.ts';
import { dockerJobRow } from './docker-job.ts';
import { edgeRow } from './edge.ts';
import { fullStoreRow } from './full-store.ts';
import { furtherStepRow } from './further-step.ts';
import { logReadersRow } from './log-readers.ts';
import { matrixRow } from './matrix.ts';
import { nodeActionRow } from './node-action.ts';
import { oneStepRow } from './one-step.ts';
import { pushToLogRow } from './push-to-log.ts';
import { queueClaimsRow } from './queue-claims.ts';
import { readyToLogRow } from './ready-to-log.ts';
import { resultsRow } from './results.ts';
import type { BenchRepository, Figure, Row } from './row.ts';
import { serverCheckoutRow } from './server-checkout.ts';
import { serverMemoryRow } from './server-memory.ts';
import { thousandJobsRow } from './thousand-jobs.ts';

/**
 * `npm run bench [-- --rows NAME,… --rounds N --json]`: whole processes measured in turn, each figure a ratio of medians of the
 * same minutes, its target beside it. Ends with 1 when a target is missed.
 */
const allRows: readonly Row[] = [
  oneStepRow,
  furtherStepRow,
  matrixRow,
  bigLogRow,
  bigPlanRow,
  checkoutRow,
  actRow,
  queueClaimsRow,
  readyToLogRow,
  nodeActionRow,
  dockerJobRow,
  resultsRow,
  edgeRow,
  pushToLogRow,
  serverCheckoutRow,
  logReadersRow,
  serverMemoryRow,
  thousandJobsRow,
  fullStoreRow,
];

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: allRows.map(({ name }) => name).join(',') },
    rounds: { type: 'string', default: '15' },
    json: { type: 'boolean', default: false },
  },
});
const wanted = values.rows.split(',');
const unknown = wanted.filter((name) => !allRows.some((row) => row.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `unknown row ${unknown.join(', ')}; there are ${allRows.map(({ name }) => name).join(', ')}\n`,
  );
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
try {
  const slipway = join(import.meta.dirname, '../bin/slipway');
  const figures: Figure[] = [];
  for (const row of allRows.filter(({ name }) => wanted.includes(name))) {
    const measured = await row.measure({ rounds: Number(values.rounds), slipway, repository });
    figures.push(...measured);
    if (!values.json) for (const figure of measured) process.stdout.write(`${line(figure)}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  if (figures.some(isMissed)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function repository(name: string, workflow: string): BenchRepository {
  const path = join(folder, name, 'repository');
  const home = join(folder, name, 'home');
  mkdirSync(join(path, '.github/workflows'), { recursive: true });
  writeFileSync(join(path, '.github/workflows/bench.yml'), workflow);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: path, stdio: 'ignore' });
  git('init', '--initial-branch=main');
  git('add', '--all');
  git('-c', 'user.name=bench', '-c', 'user.email=bench@example.com', 'commit', '--message=bench');
  return { path, home };
}

function line(figure: Figure): string {
  const { name, detail, value, unit, target } = figure;
  const against = target === null ? '' : `target ${target} ${unit}  ${isMissed(figure) ? 'MISSED' : 'met'}`;
  const shown = `${value.toFixed(unit === 'MB' ? 0 : 2)} ${unit}`;
  return `${name.padEnd(36)} ${shown.padStart(9)}  ${against.padEnd(22)}  ${detail}`.trimEnd();
}

function isMissed({ value, target }: Figure): boolean {
  return target !== null && value > target;
}
