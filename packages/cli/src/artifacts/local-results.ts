import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { KeptResults } from '@slipway/server/kept-results';
import type { Mistake } from '../command-line/command.ts';
import { listRuns } from '../history/run-history.ts';

/**
 * The artifacts and caches that runs in this repository have left. Null without a mistake: none ever did, and nothing is made
 * only to look.
 */
export async function openLocalResults(
  root: string,
): Promise<{ results: KeptResults | null; mistake: Mistake | null }> {
  const directory = join(root, '.slipway', 'results');
  if (!existsSync(join(directory, 'slipway.db'))) return { results: null, mistake: null };
  const { openKeptResults } = await import('@slipway/server/kept-results');
  try {
    return { results: await openKeptResults({ directory, now: Date.now }), mistake: null };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      results: null,
      mistake: { message, mend: `Mend it, or remove ${directory} with all that is in it.` },
    };
  }
}

/** Numbers of the repository's runs by their id. A run whose folder was removed has none. */
export function runNumbers(root: string): Map<string, number> {
  return new Map(listRuns(root).map(({ runId, number }) => [runId, number]));
}

/** The id of the run that `--run` names; undefined: none was named. */
export function readRunOption(
  typed: string | undefined,
  numbers: ReadonlyMap<string, number>,
): { runId: string | undefined; mistake: Mistake | null } {
  if (typed === undefined) return { runId: undefined, mistake: null };
  for (const [runId, number] of numbers) if (String(number) === typed) return { runId, mistake: null };
  const message = `--run ${typed}: there is no such run in this repository`;
  return { runId: undefined, mistake: { message, mend: "Run 'slipway runs' to see those there are." } };
}
