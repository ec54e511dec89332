import { dirname, join } from 'node:path';
import { writeManyFiles } from './many-files.ts';
import { type Command, measureInTurn, medianMs } from './measure.ts';
import type { Row } from './row.ts';

export const manyFiles = 10_000;

export const checkoutWorkflow = (first: string): string => `on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - ${first}
      - run: echo hello
`;

/** What the checkout of a large working tree adds to a run, its removal included, against copying and removing it by `cp` and `rm`. */
export const checkoutRow: Row = {
  name: 'checkout',
  async measure({ rounds, slipway, repository }) {
    const [without, checkout] = ['run: echo hello', 'uses: actions/checkout@v4'].map(
      (first, index): Command => {
        const { path, home } = repository(`checkout-${index}`, checkoutWorkflow(first));
        writeManyFiles(join(path, 'many'), manyFiles);
        return { file: slipway, args: ['run'], cwd: path, env: { SLIPWAY_HOME: home } };
      },
    );
    const source = checkout!.cwd;
    const plain = copyAndRemove(join(source, 'many'), join(dirname(source), 'copy'));
    const measured = await measureInTurn([without!, checkout!, plain], rounds);
    const [withoutMs, checkoutMs, plainMs] = measured.map(medianMs);
    const addedMs = checkoutMs! - withoutMs!;
    const detail = `${addedMs.toFixed(0)} ms against ${plainMs!.toFixed(0)} ms of cp and rm`;
    return [
      { name: `checkout of ${manyFiles} files`, detail, value: addedMs / plainMs!, unit: '×', target: 1.5 },
    ];
  },
};

export function copyAndRemove(folder: string, copy: string): Command {
  return { file: 'sh', args: ['-ec', 'cp -a "$0" "$1"; rm -rf "$1"', folder, copy], cwd: dirname(folder) };
}
