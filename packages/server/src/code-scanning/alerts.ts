import type { Selectable } from 'kysely';
import type { Store } from '../store/open-store.ts';
import type { CodeScanningAlertTable, CodeScanningInstanceTable } from '../store/tables/github-api.ts';
import type { Rule } from './read-sarif.ts';

export type AlertInstance = Selectable<CodeScanningInstanceTable>;
export type AlertState = 'open' | 'fixed' | 'dismissed';

export interface Alert extends Omit<Selectable<CodeScanningAlertTable>, 'rule'> {
  rule: Rule;
  state: AlertState;
  /** On the refs that are looked at, the one that was analysed last first. */
  instances: AlertInstance[];
}

/**
 * Alerts with what became of them: on one ref, or on the default branch, or, of those that are not there, wherever they are. The newest first.
 */
export async function listAlerts(
  store: Store,
  { project, ref, defaultRef }: { project: string; ref?: string | undefined; defaultRef: string },
): Promise<Alert[]> {
  const rows = await store
    .selectFrom('code_scanning_alert')
    .selectAll()
    .where('project', '=', project)
    .orderBy('id', 'desc')
    .execute();
  const instances = await store
    .selectFrom('code_scanning_instance')
    .innerJoin('code_scanning_alert', 'code_scanning_alert.id', 'code_scanning_instance.alert_id')
    .selectAll('code_scanning_instance')
    .where('code_scanning_alert.project', '=', project)
    .orderBy('code_scanning_instance.updated_at', 'desc')
    .execute();
  const byAlert = Map.groupBy(instances, ({ alert_id }) => alert_id);
  return rows.flatMap((row) => {
    const all = byAlert.get(row.id) ?? [];
    const onDefault = all.filter((one) => one.ref === defaultRef);
    const own =
      ref === undefined ? (onDefault.length > 0 ? onDefault : all) : all.filter((one) => one.ref === ref);
    if (own.length === 0) return [];
    return [{ ...row, rule: JSON.parse(row.rule) as Rule, state: stateOf(row, own), instances: own }];
  });
}

function stateOf(
  { dismissed_at }: Pick<Selectable<CodeScanningAlertTable>, 'dismissed_at'>,
  instances: readonly AlertInstance[],
): AlertState {
  if (dismissed_at !== null) return 'dismissed';
  return instances.some(({ state }) => state === 'open') ? 'open' : 'fixed';
}
