import type { InterruptedRun } from '@slipway/runner/recovery';

/** What is said of a run whose Slipway was killed, when the next command finds it. */
export function interruptionNotice({ run, runId, endedProcesses, leftovers }: InterruptedRun): string {
  const name = run === undefined ? `Run ${runId}` : `Run ${run.number} (${run.description})`;
  const ended =
    endedProcesses === 0 ? '' : `; ${endedProcesses} of its processes were still there and have been ended`;
  const left = leftovers.length === 0 ? '' : `; could not be removed: ${leftovers.join(', ')}`;
  return `${name} was interrupted${ended}${left}.`;
}
