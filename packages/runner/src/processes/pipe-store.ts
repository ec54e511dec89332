import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { randomHex } from '../job/random-hex.ts';

/** More are not kept: so many jobs rarely run at once. */
const mostKept = 64;

/**
 * Named pipes that earlier jobs have left for later ones. Only a program of the system can make one; to move two costs a
 * fiftieth of starting it.
 */
export interface PipeStore {
  /** Moves up to `count` pipes to the paths that `nextPath` names. Two processes never get the same one. */
  take(count: number, nextPath: () => string): string[];
  /** Keeps pipes that nobody has open any more. Never throws: what can't be kept is removed with its folder. */
  keep(paths: readonly string[]): void;
}

export function createPipeStore(directory: string): PipeStore {
  return {
    take(count, nextPath) {
      const taken: string[] = [];
      for (const name of namesIn(directory)) {
        if (taken.length >= count) break;
        const path = nextPath();
        if (moves(join(directory, name), path)) taken.push(path);
      }
      return taken;
    },
    keep(paths) {
      if (paths.length === 0) return;
      const room = mostKept - namesIn(directory).length;
      try {
        mkdirSync(directory, { recursive: true, mode: 0o700 });
        for (const path of paths.slice(0, room)) renameSync(path, join(directory, randomHex(8)));
      } catch {
        // The next job makes its own.
      }
    },
  };
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** False where another job was quicker, and for what is no pipe. */
function moves(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return statSync(to).isFIFO();
  } catch {
    return false;
  }
}
