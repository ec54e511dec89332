import type { Statement } from '@slipway/delivery';

/** Who stated a piece of evidence, for people. */
export function statementText(statement: Statement | undefined): string {
  switch (statement?.kind) {
    case 'job':
      return `job ${statement.job} of ${statement.url ?? `run ${statement.runId}`}`;
    case 'person':
      return `by ${statement.by}`;
    default:
      return 'by nobody that was written down';
  }
}
