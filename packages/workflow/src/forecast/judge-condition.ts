import { ExpressionError, evaluateCondition } from '../expressions/index.ts';
import type { StatusFunctions, Value } from '../expressions/value.ts';
import type { Job } from '../model/workflow.ts';
import { whySkipped } from '../plan/why-skipped.ts';
import type { Conclusion, Lineage } from '../run/conclusion.ts';
import type { Verdict } from './forecast.ts';
import { type UnknownValues, unknownsOf } from './unknown-values.ts';

/** What is foretold of a job that others need. */
export interface NeedOutlook {
  id: string;
  /** The id as people should see it. */
  shown: string;
  /** What it comes to if it succeeds wherever it runs. */
  conclusion: Conclusion;
  lineage: Lineage;
  /** false: it may as well be skipped. */
  certain: boolean;
}

export interface Outlook {
  needs: NeedOutlook[];
  contexts: Record<'github' | 'inputs' | 'vars', Record<string, Value>>;
  unknown: UnknownValues;
}

/** Whether a job runs: also tried with every uncertain need skipped, to see whether that would change it. */
export function judgeCondition(job: Job, outlook: Outlook): Verdict {
  const on = unknownsOf(job.if, outlook.unknown);
  if (on.length > 0) return { kind: 'depends', on };
  const uncertain = outlook.needs.filter(({ certain }) => !certain);
  try {
    const likely = evaluateIn(job, outlook, outlook.needs);
    const otherwise =
      uncertain.length === 0 ? likely : evaluateIn(job, outlook, outlook.needs.map(skippedIfUncertain));
    if (likely.runs !== otherwise.runs) return { kind: 'depends', on: uncertain.map(({ id }) => id) };
    return likely.runs ? { kind: 'runs' } : { kind: 'skipped', reason: likely.reason };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { kind: 'fails', reason: error.message };
  }
}

function evaluateIn(
  job: Job,
  { contexts }: Outlook,
  needs: NeedOutlook[],
): { runs: boolean; reason: string } {
  const status: StatusFunctions = {
    success: needs.every(({ lineage }) => lineage === 'succeeded'),
    failure: needs.some(({ lineage }) => lineage === 'failed'),
    cancelled: false,
  };
  const needsContext = contextOf(needs);
  const runs = evaluateCondition(job.if, { contexts: { ...contexts, needs: needsContext }, status });
  return { runs, reason: runs ? '' : whySkipped(job, needsContext, status) };
}

/** The `needs` context as far as it is known: without outputs. */
export function contextOf(needs: NeedOutlook[]): Record<string, Value> {
  return Object.fromEntries(needs.map(({ id, conclusion }) => [id, { result: conclusion, outputs: {} }]));
}

function skippedIfUncertain(need: NeedOutlook): NeedOutlook {
  return need.certain ? need : { ...need, conclusion: 'skipped', lineage: 'mixed' };
}
