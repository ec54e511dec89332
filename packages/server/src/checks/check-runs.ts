import type { Selectable } from 'kysely';
import { storableText } from '../controller/storable-text.ts';
import type { Store } from '../store/open-store.ts';
import type { CheckAnnotationTable, CheckRunTable, CheckSuiteTable } from '../store/tables/github-api.ts';

/** A check run as it is stored, with the maker of its suite. */
export type CheckRun = Selectable<CheckRunTable> & { app: string };
export type CheckAnnotation = Selectable<CheckAnnotationTable>;
export type CheckSuite = Selectable<CheckSuiteTable>;
export type NewCheckAnnotation = Omit<CheckAnnotation, 'id' | 'check_run_id'>;

/** What can be said of a check run, at first and later. */
export interface CheckRunChange {
  name?: string | undefined;
  externalId?: string | undefined;
  detailsUrl?: string | undefined;
  /** Default: `completed` with a conclusion, else as it is; at first `queued`. */
  status?: CheckRun['status'] | undefined;
  conclusion?: CheckRun['conclusion'] | undefined;
  startedAt?: number | undefined;
  /** Default with a conclusion: now. */
  completedAt?: number | undefined;
  output?:
    | {
        title?: string | null | undefined;
        summary?: string | null | undefined;
        text?: string | null | undefined;
        /** Added to those that there are. */
        annotations?: readonly NewCheckAnnotation[] | undefined;
      }
    | undefined;
}

export interface NewCheckRun extends CheckRunChange {
  project: string;
  /** Whole. */
  sha: string;
  name: string;
  creator: string;
  /** `github-actions` for jobs, else the user. */
  app: string;
}

interface Clock {
  store: Store;
  now: number;
}

/** GitHub lets a name be used again: of one name and maker the last counts. */
export async function createCheckRun({ store, now }: Clock, made: NewCheckRun): Promise<CheckRun> {
  const { project, creator, app } = made;
  const sha = made.sha.toLowerCase();
  return store.transaction().execute(async (transaction) => {
    const suiteId = await suiteOf({ store: transaction, now }, { project, sha, app });
    const row = await transaction
      .insertInto('check_run')
      .values({
        project,
        suite_id: suiteId,
        sha,
        creator,
        created_at: now,
        status: 'queued',
        started_at: now,
        ...columnsOf(made, now),
        name: storableText(made.name),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await addAnnotations(transaction, row.id, made.output?.annotations ?? []);
    return { ...row, app };
  });
}

/** @returns null if there is none */
export async function updateCheckRun(
  { store, now }: Clock,
  { project, id }: { project: string; id: number },
  change: CheckRunChange,
): Promise<CheckRun | null> {
  return store.transaction().execute(async (transaction) => {
    const row = await transaction
      .updateTable('check_run')
      .set({ project, ...columnsOf(change, now) })
      .where('id', '=', id)
      .where('project', '=', project)
      .returning('id')
      .executeTakeFirst();
    if (row === undefined) return null;
    await addAnnotations(transaction, id, change.output?.annotations ?? []);
    return readCheckRun(transaction, { project, id });
  });
}

export async function readCheckRun(
  store: Store,
  { project, id }: { project: string; id: number },
): Promise<CheckRun | null> {
  const row = await select(store, project).where('check_run.id', '=', id).executeTakeFirst();
  return row ?? null;
}

/** Of a commit, the newest first; `latest` leaves out those that another of the same name and maker follows. */
export async function listCheckRuns(
  store: Store,
  { project, sha, filter = 'latest' }: { project: string; sha: string; filter?: 'latest' | 'all' },
): Promise<CheckRun[]> {
  const rows = await select(store, project)
    .where('check_run.sha', '=', sha.toLowerCase())
    .orderBy('check_run.id', 'desc')
    .execute();
  if (filter === 'all') return rows;
  const seen = new Set<string>();
  return rows.filter(({ app, name }) => {
    const key = JSON.stringify([app, name]);
    const isLatest = !seen.has(key);
    seen.add(key);
    return isLatest;
  });
}

export async function listCheckSuites(
  store: Store,
  { project, sha }: { project: string; sha: string },
): Promise<CheckSuite[]> {
  return store
    .selectFrom('check_suite')
    .selectAll()
    .where('project', '=', project)
    .where('sha', '=', sha.toLowerCase())
    .orderBy('id')
    .execute();
}

export async function listAnnotations(store: Store, checkRunId: number): Promise<CheckAnnotation[]> {
  return store
    .selectFrom('check_annotation')
    .selectAll()
    .where('check_run_id', '=', checkRunId)
    .orderBy('id')
    .execute();
}

function select(store: Store, project: string) {
  return store
    .selectFrom('check_run')
    .innerJoin('check_suite', 'check_suite.id', 'check_run.suite_id')
    .selectAll('check_run')
    .select('check_suite.app')
    .where('check_run.project', '=', project);
}

async function suiteOf(
  { store, now }: Clock,
  key: { project: string; sha: string; app: string },
): Promise<number> {
  await store
    .insertInto('check_suite')
    .values({ ...key, created_at: now })
    .onConflict((conflict) => conflict.columns(['project', 'sha', 'app']).doNothing())
    .execute();
  const { id } = await store
    .selectFrom('check_suite')
    .select('id')
    .where(({ and }) => and(key))
    .executeTakeFirstOrThrow();
  return id;
}

type ChangedColumns = Partial<
  Omit<Selectable<CheckRunTable>, 'id' | 'project' | 'suite_id' | 'sha' | 'creator' | 'created_at'>
>;

function columnsOf(change: CheckRunChange, now: number): ChangedColumns {
  const { name, externalId, detailsUrl, status, conclusion, startedAt, completedAt, output } = change;
  const text = (value: string | null) => (value === null ? null : storableText(value));
  return {
    ...(name !== undefined && { name: storableText(name) }),
    ...(externalId !== undefined && { external_id: storableText(externalId) }),
    ...(detailsUrl !== undefined && { details_url: detailsUrl }),
    ...(status !== undefined && { status }),
    // A check that begins again has no conclusion until it ends again.
    ...(status !== undefined && status !== 'completed' && { conclusion: null, completed_at: null }),
    ...(conclusion != null && { conclusion, status: 'completed' as const, completed_at: completedAt ?? now }),
    ...(startedAt !== undefined && { started_at: startedAt }),
    ...(output?.title !== undefined && { title: text(output.title) }),
    ...(output?.summary !== undefined && { summary: text(output.summary) }),
    ...(output?.text !== undefined && { text: text(output.text) }),
  };
}

async function addAnnotations(
  store: Store,
  checkRunId: number,
  annotations: readonly NewCheckAnnotation[],
): Promise<void> {
  if (annotations.length === 0) return;
  const text = (value: string | null) => (value === null ? null : storableText(value));
  await store
    .insertInto('check_annotation')
    .values(
      annotations.map((annotation) => ({
        ...annotation,
        check_run_id: checkRunId,
        path: storableText(annotation.path),
        message: storableText(annotation.message),
        title: text(annotation.title),
        raw_details: text(annotation.raw_details),
      })),
    )
    .execute();
}
