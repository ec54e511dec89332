import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A `slipway` that writes down its words and answers this. */
export function slipway(folder: string, answer: string, status = 0): Record<string, string> {
  writeFileSync(join(folder, 'answer'), answer);
  return {
    slipway: `echo "$SLIPWAY_SERVER $SLIPWAY_TOKEN $*" >> ${folder}/called\ncat ${folder}/answer\nexit ${status}`,
  };
}

/** The lines that it wrote down. */
export const called = (folder: string) => readFileSync(join(folder, 'called'), 'utf8').trim().split('\n');
