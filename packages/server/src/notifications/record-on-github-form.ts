import type { DeliverySources } from '../delivery/delivery-sources.ts';
import type { Notice } from '../delivery/notice.ts';
import { addDeployment, addDeploymentStatus } from '../github-api/records/deployments.ts';
import { git } from '../repositories/git.ts';
import type { Store } from '../store/open-store.ts';

/** GitHub's own default for `production_environment`. */
const production = 'production';

const states = {
  started: 'in_progress',
  waiting: 'pending',
  succeeded: 'success',
  failed: 'failure',
  'rolled-back': 'failure',
  alarm: 'error',
} as const;

export type RecordSources = Pick<DeliverySources, 'store' | 'now' | 'repositoryOf'>;

/**
 * Writes down what a notice tells in GitHub's form: a deployment with its statuses, and, when production is reached, a release with notes of
 * the commits since the last one. Repeated, it changes nothing.
 */
export async function recordOnGithubForm(sources: RecordSources, notice: Notice): Promise<void> {
  if (notice.topic === 'drift' || notice.deploymentId === null || notice.release === null) return;
  await recordStatus(sources, notice, notice.deploymentId);
  if (notice.topic === 'succeeded' && notice.environment === production) await recordRelease(sources, notice);
}

async function recordStatus(
  { store, now }: RecordSources,
  notice: Notice,
  deploymentId: number,
): Promise<void> {
  const { topic, environment, text } = notice;
  if (topic === 'drift') return;
  const deployment = await deploymentOf({ store, now: now() }, notice, deploymentId);
  const description = text.slice(0, 140);
  const known = await store
    .selectFrom('github_deployment_status')
    .select(['state', 'description'])
    .where('deployment_id', '=', deployment.id)
    .orderBy('id', 'desc')
    .executeTakeFirst();
  const state = states[topic];
  if (known?.state === state && known.description === description) return;
  await addDeploymentStatus(
    { store, now: now() },
    {
      deployment,
      autoInactive: true,
      state,
      description,
      environment,
      environment_url: '',
      log_url: '',
      creator: notice.by ?? 'slipway',
    },
  );
}

/** One for each deployment of Slipway, found again by its payload. */
async function deploymentOf(clock: { store: Store; now: number }, notice: Notice, deploymentId: number) {
  const { project, environment, release, by } = notice;
  const payload = JSON.stringify({ slipwayDeployment: deploymentId });
  const known = await clock.store
    .selectFrom('github_deployment')
    .selectAll()
    .where(({ and }) => and({ project, environment, payload }))
    .executeTakeFirst();
  if (known) return known;
  return addDeployment(clock, {
    project,
    ref: release?.commit ?? '',
    sha: release?.commit ?? '',
    task: 'deploy',
    environment,
    description: `Release ${release?.tag}`,
    payload,
    transient_environment: 0,
    production_environment: environment === production ? 1 : 0,
    creator: by ?? 'slipway',
  });
}

async function recordRelease({ store, now, repositoryOf }: RecordSources, notice: Notice): Promise<void> {
  const { project, release, by } = notice;
  if (release === null) return;
  const known = await store
    .selectFrom('github_release')
    .select('id')
    .where(({ and }) => and({ project, published_tag: release.tag }))
    .executeTakeFirst();
  if (known) return;
  const before = await store
    .selectFrom('github_release')
    .select('target_commitish')
    .where('project', '=', project)
    .where('published_tag', 'is not', null)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  const { directory } = await repositoryOf(project);
  await store
    .insertInto('github_release')
    .values({
      project,
      tag_name: release.tag,
      published_tag: release.tag,
      target_commitish: release.commit,
      name: `Release ${release.tag}`,
      body: await notesOf(directory, { before: before?.target_commitish, after: release.commit }),
      draft: 0,
      prerelease: 0,
      creator: by ?? 'slipway',
      created_at: now(),
      published_at: now(),
    })
    .execute();
}

const mostCommits = 200;

/** The subjects of the commits since the last release; without one, of this commit alone. */
async function notesOf(
  directory: string,
  { before, after }: { before: string | undefined; after: string },
): Promise<string> {
  const log = (range: string[]) =>
    git(directory, ['log', '--no-merges', '--format=- %s (%h)', ...range, '--']).then(
      (text) => text.trim(),
      () => '',
    );
  const known = before !== undefined && /^[0-9a-f]{40,64}$/.test(before);
  const changes = known
    ? await log([`--max-count=${mostCommits}`, `${before}..${after}`])
    : await log(['--max-count=1', after]);
  return `## Changes\n\n${changes === '' ? '- none: the same commits as the release before, or earlier ones' : changes}\n`;
}
