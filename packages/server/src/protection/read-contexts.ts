import { latestCommitStatuses } from '../checks/commit-statuses.ts';
import type { Store } from '../store/open-store.ts';
import type { CheckRunTable } from '../store/tables/github-api.ts';
import type { CheckState } from './assess-merge.ts';

/** What is said of a commit under a name. */
export type ContextState = Extract<CheckState, 'success' | 'failure' | 'cancelled' | 'skipped' | 'pending'>;

/** Of several that have one name the first of these counts; one that passed counts for more than one that was skipped. */
const order: readonly ContextState[] = ['failure', 'cancelled', 'pending', 'success', 'skipped'];

/**
 * Everything that is said of a commit: jobs of its runs, statuses and check runs, by name. Of each workflow and event the latest run counts,
 * with its latest attempt; jobs of a pull request run on a merge, and count for the head.
 */
export async function readContexts(
  store: Store,
  { project, sha }: { project: string; sha: string },
): Promise<Map<string, ContextState>> {
  const contexts = new Map<string, ContextState>();
  const add = (context: string, state: ContextState): void => {
    const known = contexts.get(context);
    if (known === undefined || order.indexOf(state) < order.indexOf(known)) contexts.set(context, state);
  };
  for (const { name, state } of await readJobs(store, { project, sha })) add(name, state);
  for (const { context, state } of await latestCommitStatuses(store, { project, sha })) {
    add(context, state === 'error' ? 'failure' : state);
  }
  for (const { name, state } of await readCheckRuns(store, { project, sha })) add(name, state);
  return contexts;
}

interface Named {
  name: string;
  state: ContextState;
}

async function readJobs(store: Store, { project, sha }: { project: string; sha: string }): Promise<Named[]> {
  const merges = await store
    .selectFrom('pull_request_merge')
    .select('merge_sha')
    .where(({ and }) => and({ project, head_sha: sha }))
    .execute();
  const runs = await store
    .selectFrom('run')
    .select(['id', 'attempt', 'workflow_path', 'event'])
    .where('project', '=', project)
    .where('sha', 'in', [sha, ...merges.map(({ merge_sha }) => merge_sha)])
    .orderBy('id')
    .execute();
  const latest = new Map(runs.map((run) => [`${run.event} ${run.workflow_path}`, run]));
  if (latest.size === 0) return [];
  const rows = await store
    .selectFrom('run_job')
    .innerJoin('run', (join) =>
      join.onRef('run.id', '=', 'run_job.run_id').onRef('run.attempt', '=', 'run_job.attempt'),
    )
    .select(['run_job.name', 'run_job.conclusion'])
    .where(
      'run.id',
      'in',
      [...latest.values()].map(({ id }) => id),
    )
    .execute();
  return rows.map(({ name, conclusion }) => ({ name, state: stateOfJob(conclusion) }));
}

function stateOfJob(conclusion: string | null): ContextState {
  switch (conclusion) {
    case null:
      return 'pending';
    case 'success':
    case 'cancelled':
    case 'skipped':
      return conclusion;
    default:
      return 'failure';
  }
}

/** Of each name and maker the last counts. */
async function readCheckRuns(
  store: Store,
  { project, sha }: { project: string; sha: string },
): Promise<Named[]> {
  const rows = await store
    .selectFrom('check_run')
    .select(['suite_id', 'name', 'status', 'conclusion'])
    .where(({ and }) => and({ project, sha }))
    .orderBy('id')
    .execute();
  const latest = new Map(rows.map((row) => [`${row.suite_id} ${row.name}`, row]));
  return [...latest.values()].map((row) => ({ name: row.name, state: stateOfCheckRun(row) }));
}

function stateOfCheckRun({ status, conclusion }: Pick<CheckRunTable, 'status' | 'conclusion'>): ContextState {
  if (status !== 'completed') return 'pending';
  switch (conclusion) {
    case 'success':
    case 'neutral':
      return 'success';
    case 'skipped':
    case 'cancelled':
      return conclusion;
    default:
      return 'failure';
  }
}
