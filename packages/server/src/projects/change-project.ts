import type { newProjectSchema, ProjectSettings, projectChangeSchema } from '@slipway/contracts/api/projects';
import { SlipwayError } from '@slipway/contracts/errors';
import type { z } from 'zod';
import { createProject } from '../controller/projects.ts';
import type { EventSources } from '../events/event-sources.ts';
import {
  createBareRepository,
  repositoryDirectory,
  setDefaultBranch,
} from '../repositories/bare-repository.ts';
import { setCredentials } from '../secrets/project-credentials.ts';
import { findProject, type Project } from './find-project.ts';

/**
 * Makes a project with its repository; of a GitHub project the repository is a mirror.
 * @throws SlipwayError `project-exists`
 */
export async function setUpProject(
  sources: EventSources,
  wanted: z.output<typeof newProjectSchema>,
): Promise<Project> {
  const { store, now, repositories, secrets } = sources;
  const { name, retentionDays, webhookSecret, githubToken, ...settings } = wanted;
  const known = await findProject(store, name).catch(ignoreUnknown);
  if (known !== null) throw new SlipwayError('project-exists', { field: 'name' });
  // First what can be made twice: a crash leaves nothing that is in the way of the next try.
  await createBareRepository(repositoryDirectory(repositories, name), settings.defaultBranch);
  await setCredentials(secrets, { project: name, credentials: { webhookSecret, githubToken } });
  await createProject(
    { store, now: now() },
    { name, settings, ...(retentionDays !== undefined && { retentionDays }) },
  );
  return findProject(store, name);
}

/** Changes what is given, and leaves the rest. */
export async function changeProject(
  { store, repositories, secrets }: EventSources,
  { name, settings: before, retentionDays: daysBefore }: Project,
  change: z.output<typeof projectChangeSchema>,
): Promise<Project> {
  const { retentionDays = daysBefore, webhookSecret, githubToken, quotas, ...direct } = change;
  const { defaultBranch } = direct;
  const settings: ProjectSettings = {
    ...before,
    ...given(direct),
    quotas: { ...before.quotas, ...given(quotas ?? {}) },
  };
  if (defaultBranch !== undefined) {
    await setDefaultBranch(repositoryDirectory(repositories, name), defaultBranch);
  }
  await setCredentials(secrets, { project: name, credentials: { webhookSecret, githubToken } });
  await store
    .updateTable('project')
    .set({ settings: JSON.stringify(settings), retention_days: retentionDays })
    .where('name', '=', name)
    .execute();
  return findProject(store, name);
}

type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** Without what was left out. */
function given<T extends object>(change: T): Given<T> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Given<T>;
}

function ignoreUnknown(error: unknown): null {
  if (error instanceof SlipwayError && error.code === 'unknown-project') return null;
  throw error;
}
