import type { JobRequest } from '@slipway/workflow';

/** A job of one step, as the queue holds it. */
export function queuedRequest(jobKey: string, ...labels: string[]): JobRequest {
  const at = { line: 1, column: 1 };
  return {
    runId: '1',
    jobKey,
    name: jobKey,
    workflowPath: '.github/workflows/bench.yml',
    job: {
      kind: 'job',
      id: jobKey,
      at,
      needs: [],
      if: { kind: 'expression', source: 'success()', at },
      runsOn: { kind: 'literal', value: labels[0] ?? '', at },
      steps: [],
    },
    labels,
    workflowEnv: [],
    defaults: {},
    contexts: { github: {}, inputs: {}, vars: {}, needs: {}, matrix: null, strategy: {} },
    secrets: {},
    permissions: {},
    timeoutMinutes: null,
    continueOnError: false,
    outputs: null,
  };
}
