import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { activeDirectory } from './active-record.ts';

/**
 * Notes that a job makes containers, before it makes the first: only then does a sweep ask a container engine, which takes
 * longer than everything else at a start.
 */
export function noteEngineUse(slipwayHome: string, trackingId: string): void {
  mkdirSync(activeDirectory(slipwayHome), { recursive: true });
  writeFileSync(notePath(slipwayHome, trackingId), '');
}

/** All of the job's containers are removed. */
export function forgetEngineUse(slipwayHome: string, trackingId: string): void {
  rmSync(notePath(slipwayHome, trackingId), { force: true });
}

/** The jobs of a run, `slipway_<runId>`, that may have left containers. */
export function jobsWithContainers(slipwayHome: string, trackingPrefix: string): string[] {
  return readdirSync(activeDirectory(slipwayHome))
    .filter((name) => name.startsWith(`${trackingPrefix}_`) && name.endsWith(suffix))
    .map((name) => name.slice(0, -suffix.length));
}

const suffix = '.engine';

function notePath(slipwayHome: string, trackingId: string): string {
  return join(activeDirectory(slipwayHome), trackingId + suffix);
}
