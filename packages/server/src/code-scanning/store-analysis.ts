import { storableText } from '../controller/storable-text.ts';
import type { Store } from '../store/open-store.ts';
import type { Analysis, Finding } from './read-sarif.ts';

interface Clock {
  store: Store;
  now: number;
}

export interface AnalysisPlace {
  project: string;
  sarifId: string;
  ref: string;
  sha: string;
}

/**
 * Takes an analysis in: what it finds is open on its ref, and what the one before of the same tool and category found and it does not is
 * fixed there. In a transaction of the caller.
 */
export async function storeAnalysis(clock: Clock, place: AnalysisPlace, analysis: Analysis): Promise<void> {
  const { store, now } = clock;
  const { project, sarifId, ref, sha } = place;
  const { tool, toolVersion, category, findings, rulesCount } = analysis;
  await store
    .insertInto('code_scanning_analysis')
    .values({
      project,
      sarif_id: sarifId,
      ref,
      sha,
      category: storableText(category),
      tool: storableText(tool),
      tool_version: toolVersion === null ? null : storableText(toolVersion),
      results_count: findings.length,
      rules_count: rulesCount,
      created_at: now,
    })
    .execute();
  const found = new Set<number>();
  for (const finding of findings) found.add(await storeFinding(clock, place, { analysis, finding }));
  const open = await store
    .selectFrom('code_scanning_instance')
    .innerJoin('code_scanning_alert', 'code_scanning_alert.id', 'code_scanning_instance.alert_id')
    .select('code_scanning_instance.alert_id')
    .where('code_scanning_alert.project', '=', project)
    .where('code_scanning_alert.tool', '=', storableText(tool))
    .where('code_scanning_instance.ref', '=', ref)
    .where('code_scanning_instance.category', '=', storableText(category))
    .where('code_scanning_instance.state', '=', 'open')
    .execute();
  for (const { alert_id } of open.filter((one) => !found.has(one.alert_id))) {
    await store
      .updateTable('code_scanning_instance')
      .set({ state: 'fixed', fixed_at: now, updated_at: now })
      .where(({ and }) => and({ alert_id, ref, category: storableText(category) }))
      .execute();
  }
}

/** @returns the id of the alert */
async function storeFinding(
  { store, now }: Clock,
  { project, ref, sha }: AnalysisPlace,
  { analysis: { tool, category }, finding }: { analysis: Analysis; finding: Finding },
): Promise<number> {
  const rule = storableText(JSON.stringify(finding.rule));
  const { id } = await store
    .insertInto('code_scanning_alert')
    .values({
      project,
      tool: storableText(tool),
      rule_id: storableText(finding.ruleId),
      rule,
      fingerprint: finding.fingerprint,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) =>
      conflict.columns(['project', 'tool', 'rule_id', 'fingerprint']).doUpdateSet({ rule, updated_at: now }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  const where = {
    sha,
    state: 'open' as const,
    path: storableText(finding.path),
    start_line: finding.startLine,
    end_line: finding.endLine,
    start_column: finding.startColumn,
    end_column: finding.endColumn,
    message: storableText(finding.message),
    fixed_at: null,
    updated_at: now,
  };
  await store
    .insertInto('code_scanning_instance')
    .values({ alert_id: id, ref, category: storableText(category), ...where })
    .onConflict((conflict) => conflict.columns(['alert_id', 'ref', 'category']).doUpdateSet(where))
    .execute();
  return id;
}
