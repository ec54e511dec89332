import type { Quotas } from '@slipway/contracts/api/quotas';
import { sql } from 'kysely';
import { listProjects } from '../projects/find-project.ts';
import type { Store } from '../store/open-store.ts';

/** What projects have at the server, in bytes. Content that is kept once for several counts for each. */
export type Usage = Record<keyof Quotas, number>;

const none: Usage = { artifacts: 0, caches: 0, logs: 0, keptJobs: 0, bundles: 0 };

/** By project; those that have nothing are left out. Default: of all projects. */
export async function readUsage(store: Store, project?: string): Promise<Map<string, Usage>> {
  const usage = new Map<string, Usage>();
  const add = (kind: keyof Usage, rows: { project: string; bytes: number | string | null }[]): void => {
    for (const { project: name, bytes } of rows) {
      const own = usage.get(name) ?? none;
      usage.set(name, { ...own, [kind]: Number(bytes ?? 0) });
    }
  };
  const only = <Column extends string>(column: Column) =>
    project === undefined ? sql<boolean>`1 = 1` : sql<boolean>`${sql.ref(column)} = ${project}`;
  for (const [kind, table] of [
    ['artifacts', 'artifact'],
    ['caches', 'cache_entry'],
  ] as const) {
    const rows = await store
      .selectFrom(table)
      .select((build) => ['repository as project', build.fn.sum<string>('size').as('bytes')] as const)
      .where(only('repository'))
      .groupBy('repository')
      .execute();
    add(kind, rows);
  }
  for (const [kind, table, column] of [
    ['logs', 'job', 'log_bytes'],
    ['keptJobs', 'kept_job', 'size'],
    ['bundles', 'bundle', 'size'],
  ] as const) {
    const { rows } = await sql<{ project: string; bytes: string }>`
      select project, sum(${sql.ref(column)}) as bytes from ${sql.table(table)}
      where ${only('project')} and ${sql.ref(column)} > 0 group by project`.execute(store);
    add(kind, rows);
  }
  return usage;
}

/** What every project may have. */
export async function readQuotas(store: Store): Promise<Map<string, Quotas>> {
  return new Map((await listProjects(store)).map(({ name, settings }) => [name, settings.quotas]));
}

/** Of one project. */
export async function usageOf(store: Store, project: string): Promise<Usage> {
  return (await readUsage(store, project)).get(project) ?? none;
}
