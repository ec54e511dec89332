import type { EventSources } from '../events/event-sources.ts';
import { wantReports } from './want-reports.ts';

/** Runs of which something may have to be told. Those that are finished are told of by whoever drives them, so that nothing is missed. */
export interface ReportWatch {
  /** Writes down what has changed since the last call. @returns whether there is something to deliver */
  look(): Promise<boolean>;
  close(): void;
}

/** Follows the notices of this process: that a job is under way is told when it is known, and not after a crash. */
export function watchReports(sources: EventSources): ReportWatch {
  const changed = new Set<number>();
  const unwatch = sources.notices.watchAll((topic) => {
    const id = /^run:(\d+)$/.exec(topic)?.[1];
    if (id !== undefined) changed.add(Number(id));
  });
  return {
    async look() {
      let isWanted = false;
      for (const runId of [...changed]) {
        changed.delete(runId);
        if (await wantReports(sources, runId)) isWanted = true;
      }
      return isWanted;
    },
    close: unwatch,
  };
}
