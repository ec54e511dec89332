import type { JobFinished, RunEvent } from '@slipway/contracts';
import type { RunPlan } from '@slipway/workflow/plan';
import type { EnteringJob, EnvironmentEntry } from '../controller/environment-gate.ts';
import type { EventSources } from '../events/event-sources.ts';
import {
  addDeployment,
  type GithubDeployment,
  type NewDeploymentStatus,
  writeDeploymentStatus,
} from '../github-api/records/deployments.ts';
import type { Store } from '../store/open-store.ts';
import type { EnvironmentRules } from './environment-rules.ts';

/** As on GitHub, a job that enters an environment is a deployment there, unless its `environment.deployment` is false. */
interface Entrance {
  project: string;
  rules: EnvironmentRules;
  entry: EnvironmentEntry;
}

/** A job asks to enter: its deployment begins, once. */
export async function noteEntrance(
  { store, now, publicUrl }: EventSources,
  { project, rules, entry: { run }, job, actor }: Entrance & { job: EnteringJob; actor: string },
): Promise<void> {
  const at = now();
  await store.transaction().execute(async (transaction) => {
    const noted = await transaction
      .insertInto('environment_job')
      .values({
        ...keyOf(run, job.jobKey),
        project,
        environment: rules.name,
        deployment_id: null,
        asked_at: at,
      })
      .onConflict((conflict) => conflict.columns(['run_id', 'attempt', 'job_key']).doNothing())
      .returning('run_id')
      .executeTakeFirst();
    if (noted === undefined || !job.isDeployment) return;
    const clock = { store: transaction, now: at };
    const deployment = await addDeployment(clock, {
      project,
      ref: textOf(run, 'ref_name'),
      sha: textOf(run, 'sha'),
      task: 'deploy',
      environment: rules.name,
      description: null,
      payload: '{}',
      transient_environment: 0,
      production_environment: Number(rules.name.toLowerCase() === 'production'),
      creator: actor,
    });
    await transaction
      .updateTable('environment_job')
      .set({ deployment_id: deployment.id })
      .where(({ and }) => and(keyOf(run, job.jobKey)))
      .execute();
    const logUrl = `${publicUrl}/${project}/runs/${run.runId}`;
    await writeDeploymentStatus(clock, { ...statusOf(deployment, 'pending'), log_url: logUrl });
  });
}

/** The environment lets the jobs of an entry in. */
export async function noteEntered(
  { store, now }: EventSources,
  { entry: { run, jobs } }: Entrance,
): Promise<void> {
  for (const { jobKey } of jobs) {
    await store.transaction().execute(async (transaction) => {
      const entered = await transaction
        .updateTable('environment_job')
        .set({ entered_at: now() })
        .where(({ and }) => and(keyOf(run, jobKey)))
        .where('entered_at', 'is', null)
        .returning('deployment_id')
        .executeTakeFirst();
      if (entered?.deployment_id == null) return;
      await addStatus({ store: transaction, now: now() }, entered.deployment_id, { state: 'queued' });
    });
  }
}

const endStates = {
  success: 'success',
  failure: 'failure',
  cancelled: 'error',
  skipped: 'inactive',
} as const;

/** What becomes of a job becomes of its deployment, in the transaction that says so. */
export async function tellDeployment(store: Store, run: RunPlan, event: RunEvent): Promise<void> {
  const isBegun = event.kind === 'job.progress' && event.event.kind === 'job.started';
  if (!isBegun && event.kind !== 'job.concluded') return;
  if (!namesEnvironments(run)) return;
  const { jobKey, at } = event;
  const row = await store
    .selectFrom('environment_job')
    .leftJoin('job', (join) =>
      join
        .on('job.run_id', '=', run.runId)
        .onRef('job.attempt', '=', 'environment_job.attempt')
        .onRef('job.job_key', '=', 'environment_job.job_key'),
    )
    .select(['environment_job.deployment_id', 'job.result'])
    .where('environment_job.run_id', '=', Number(run.runId))
    .where('environment_job.attempt', '=', run.runAttempt)
    .where('environment_job.job_key', '=', jobKey)
    .executeTakeFirst();
  if (row?.deployment_id == null) return;
  const result = JSON.parse(row.result ?? 'null') as JobFinished | null;
  await addStatus(
    { store, now: at },
    row.deployment_id,
    event.kind === 'job.concluded'
      ? { state: endStates[event.conclusion], environment_url: result?.environmentUrl ?? '' }
      : { state: 'in_progress' },
  );
}

async function addStatus(
  clock: { store: Store; now: number },
  deploymentId: number,
  status: { state: NewDeploymentStatus['state']; environment_url?: string },
): Promise<void> {
  const { store } = clock;
  const deployment = await store
    .selectFrom('github_deployment')
    .selectAll()
    .where('id', '=', deploymentId)
    .executeTakeFirst();
  // Whoever may, has removed it.
  if (deployment === undefined) return;
  const last = await store
    .selectFrom('github_deployment_status')
    .select('log_url')
    .where('deployment_id', '=', deploymentId)
    .orderBy('id', 'desc')
    .executeTakeFirst();
  await writeDeploymentStatus(clock, {
    ...statusOf(deployment, status.state),
    ...status,
    log_url: last?.log_url ?? '',
  });
}

function statusOf(deployment: GithubDeployment, state: NewDeploymentStatus['state']): NewDeploymentStatus {
  return {
    deployment,
    state,
    description: '',
    environment: deployment.environment,
    environment_url: '',
    log_url: '',
    creator: deployment.creator,
    autoInactive: true,
  };
}

const named = new WeakMap<RunPlan, boolean>();

/** Most runs name none, and their jobs need not be looked for. */
function namesEnvironments(run: RunPlan): boolean {
  let isNamed = named.get(run);
  if (isNamed === undefined) {
    isNamed = run.graphs.some(({ jobs }) => jobs.some(({ job }) => job.kind === 'job' && job.environment));
    named.set(run, isNamed);
  }
  return isNamed;
}

function keyOf({ runId, runAttempt }: RunPlan, jobKey: string) {
  return { run_id: Number(runId), attempt: runAttempt, job_key: jobKey };
}

function textOf({ contexts: { github } }: RunPlan, name: string): string {
  const value = github[name];
  return typeof value === 'string' ? value : '';
}
