import { spawnSync } from 'node:child_process';
import { lstatSync, rmSync } from 'node:fs';

/**
 * Removes a folder with all it holds; folders without write permission (Go's module cache) are no obstacle.
 * @returns whether it is gone. Never throws.
 */
export function removeTree(path: string): boolean {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    spawnSync('chmod', ['-R', 'u+rwX', '--', path], { stdio: 'ignore' });
    spawnSync('rm', ['-rf', '--', path], { stdio: 'ignore' });
  }
  return lstatSync(path, { throwIfNoEntry: false }) === undefined;
}
