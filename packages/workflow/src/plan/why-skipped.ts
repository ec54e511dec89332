import type { StatusFunctions, Value } from '../expressions/value.ts';
import type { Job } from '../model/workflow.ts';

const implicit = /^success\(\) && \(([\s\S]*)\)$/;

/** For people: why a job's `if` does not hold. */
export function whySkipped(job: Job, needs: Record<string, Value>, status: StatusFunctions): string {
  const source = job.if.source.trim();
  const ownCondition = implicit.exec(source)?.[1];
  const asksSuccess = source === 'success()' || ownCondition !== undefined;
  if (asksSuccess && !status.success) {
    if (status.cancelled) return 'the run was cancelled';
    return unsuccessful(needs) ?? 'a job before its needs did not succeed';
  }
  return `its if is false: ${ownCondition ?? source}`;
}

function unsuccessful(needs: Record<string, Value>): string | undefined {
  const verdicts: Record<string, string> = {
    failure: 'failed',
    cancelled: 'was cancelled',
    skipped: 'was skipped',
  };
  for (const [id, need] of Object.entries(needs)) {
    const result = typeof need === 'object' && need !== null && !Array.isArray(need) ? need.result : '';
    const verdict = verdicts[String(result)];
    if (verdict !== undefined) return `it needs ${id}, which ${verdict}`;
  }
  return undefined;
}
