import { execFile } from 'node:child_process';
import path from 'node:path';
import { slipwayCommand } from '../slipway-process.ts';
import type { DriverTask } from './driver-process.ts';
import type { ProcessWorld } from './process-world.ts';

/** All points in the soak; else every fourth, which meets each kind of point in some act, since an act has five. */
const stride = process.env.SLIPWAY_KILLS === undefined ? 4 : 1;

/** Drives a deployment in a process of its own until it ends or is killed. @returns the points that it reached */
export function driveUntil(
  world: ProcessWorld,
  { deployment, killAt }: Pick<DriverTask, 'deployment' | 'killAt'>,
): Promise<{ points: string[]; isKilled: boolean }> {
  const task: DriverTask = { places: world.places, deployment, killAt };
  const [file = '', ...args] = slipwayCommand([]);
  const main = path.join(import.meta.dirname, 'driver-process.ts');
  return new Promise((resolve, reject) => {
    execFile(file, [...args.slice(0, -1), main, JSON.stringify(task)], (error, stdout, stderr) => {
      const isKilled = error?.signal === 'SIGKILL';
      if (error && !isKilled) reject(new Error(stderr || error.message));
      else resolve({ points: stdout.split('\n').filter((line) => line !== ''), isKilled });
    });
  });
}

/** One rollout undisturbed tells the points; the tokens of another deployment are the same but for its number. */
export const pointsFor = (points: readonly string[], from: number, to: number) =>
  points
    .filter((_, i) => i % stride === 0)
    .map((point) => point.replace(new RegExp(`^(\\w+) ${from}\\.`), `$1 ${to}.`));
