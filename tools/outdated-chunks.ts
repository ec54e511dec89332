import { spawnSync } from 'node:child_process';

const hourMs = 60 * 60 * 1000;

interface OldChunk {
  name: string;
  /** Epoch milliseconds. */
  outdatedSince: number;
}

/**
 * The chunks of earlier builds that nobody can load any more: a process loads chunks of the build from which it was started, however late.
 * Processes that can't be seen have an hour; where none can be seen, a day.
 * @param startedAt epoch milliseconds, of the processes that run; null: they can't be seen
 */
export function chunksToRemove(
  chunks: readonly OldChunk[],
  { startedAt, now }: { startedAt: readonly number[] | null; now: number },
): string[] {
  const least = startedAt === null ? 24 * hourMs : hourMs;
  const oldest = Math.min(...(startedAt ?? []));
  return chunks
    .filter(({ outdatedSince }) => now - outdatedSince > least && outdatedSince < oldest)
    .map(({ name }) => name);
}

/** When the processes that run from a bundle were started, to a second before; null: they can't be listed here. */
export function startsOfProcesses(now: number): number[] | null {
  const { status, stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'etime=,args='], { encoding: 'utf8' });
  return status === 0 ? readStarts(stdout, now) : null;
}

/** @param listing lines of `[[days-]hours:]minutes:seconds` and a command */
export function readStarts(listing: string, now: number): number[] {
  return listing.split('\n').flatMap((line) => {
    const [, days = 0, hours = 0, minutes, seconds, command = ''] =
      /^\s*(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)\s+(.*)$/.exec(line) ?? [];
    if (!command.includes('dist/slipway.cjs')) return [];
    const ageSeconds = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
    return [now - (ageSeconds + 1) * 1000];
  });
}
