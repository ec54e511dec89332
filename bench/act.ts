import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Command, measureInTurn, medianMs } from './measure.ts';
import type { Row } from './row.ts';

const workflow = `on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - run: echo hello
      - run: echo again
`;

/** nektos/act on the same file, both on the host; nothing where there is no `act`. */
export const actRow: Row = {
  name: 'act',
  async measure({ rounds, slipway, repository }) {
    const act = onPath('act');
    if (act === null) return [];
    const { path, home } = repository('act', workflow);
    const run: Command = { file: slipway, args: ['run'], cwd: path, env: { SLIPWAY_HOME: home } };
    const peer: Command = { file: act, args: ['push', '-P', 'ubuntu-latest=-self-hosted'], cwd: path };
    const [ours, theirs] = (await measureInTurn([run, peer], rounds)).map(medianMs);
    const detail = `${ours!.toFixed(0)} ms against act's ${theirs!.toFixed(0)} ms`;
    return [{ name: 'two steps against act', detail, value: ours! / theirs!, unit: '×', target: null }];
  },
};

function onPath(name: string): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {}
  }
  return null;
}
