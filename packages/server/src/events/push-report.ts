import type { Acceptance } from '../controller/accept-event.ts';

/** What a push has started, or why it started nothing, in lines for the one who pushed. Pure. */
export function reportOf(taken: readonly Acceptance[]): string[] {
  return taken.flatMap((one) => {
    switch (one.kind) {
      case 'accepted':
        return one.runs.map(({ runId, number, workflowPath, name }) => {
          const file = workflowPath.slice(workflowPath.lastIndexOf('/') + 1);
          return `Run ${runId}: ${file} #${number}, ${name}. Watch it with: slipway logs ${runId} --follow`;
        });
      case 'refused':
        return one.diagnostics.flatMap(({ file, line, column, severity, message, mend }) => [
          `${file}:${line}:${column}: ${severity}: ${message}`,
          `  ${mend}`,
        ]);
      case 'duplicate':
        return [];
      default:
        return one satisfies never;
    }
  });
}
