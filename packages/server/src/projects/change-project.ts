import type { newProjectSchema, ProjectSettings, projectChangeSchema } from '@slipway/contracts/api';
import { SlipwayError } from '@slipway/contracts/errors';
import type { z } from 'zod';
import { createProject } from '../controller/projects.ts';
import type { EventSources } from '../events/event-sources.ts';
import {
  createBareRepository,
  repositoryDirectory,
  setDefaultBranch,
} from '../repositories/bare-repository.ts';
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
  await secrets.change(name, () => ({ secrets: {}, webhookSecret, githubToken }));
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
  const { defaultBranch, vars, schedules, retentionDays = daysBefore, webhookSecret, githubToken } = change;
  const settings: ProjectSettings = {
    ...before,
    ...(defaultBranch !== undefined && { defaultBranch }),
    ...(vars !== undefined && { vars }),
    ...(schedules !== undefined && { schedules }),
  };
  if (defaultBranch !== undefined) {
    await setDefaultBranch(repositoryDirectory(repositories, name), defaultBranch);
  }
  if (webhookSecret !== undefined || githubToken !== undefined) {
    await secrets.change(name, (all) => ({
      ...all,
      ...(webhookSecret !== undefined && { webhookSecret }),
      ...(githubToken !== undefined && { githubToken }),
    }));
  }
  await store
    .updateTable('project')
    .set({ settings: JSON.stringify(settings), retention_days: retentionDays })
    .where('name', '=', name)
    .execute();
  return findProject(store, name);
}

function ignoreUnknown(error: unknown): null {
  if (error instanceof SlipwayError && error.code === 'unknown-project') return null;
  throw error;
}
