import { SlipwayError } from '@slipway/contracts/errors';
import type { DeliveryConfig, Diagnostic } from '@slipway/delivery';
import type { EventSources } from '../events/event-sources.ts';
import { findProject } from '../projects/find-project.ts';
import { deliveryFileName, readDeliveryFile } from './delivery-file.ts';
import { type EnvironmentRules, environmentKey, findEnvironment, mergeRules } from './environment-rules.ts';
import { listStored, type StoredEnvironment } from './stored-settings.ts';

/** The environments of a project with their rules. */
export interface ProjectEnvironments {
  /** By name, as it is written where it is defined; see `findEnvironment`. */
  environments: Record<string, EnvironmentRules>;
  /** By `environmentKey`: what was set by the API. */
  stored: Record<string, StoredEnvironment>;
  /** What `slipway.yml` says; null: there is none, or none yet without mistakes. */
  config: DeliveryConfig | null;
  /** What is wrong with `slipway.yml` of the default branch; the last one without mistakes is in force. */
  problem: Diagnostic[];
}

export type EnvironmentSources = Pick<EventSources, 'store' | 'repositories' | 'now'>;

/**
 * What `slipway.yml` of the default branch defines, and over it what was set by the API.
 * @throws SlipwayError `unknown-project`, GitError
 */
export async function readEnvironments(
  sources: EnvironmentSources,
  projectName: string,
): Promise<ProjectEnvironments> {
  const project = await findProject(sources.store, projectName);
  const { config, problem } = await readDeliveryFile(sources, project);
  const all = await listStored(sources.store, project.name);
  const stored = Object.fromEntries(all.map((one) => [environmentKey(one.name), one]));
  const written = Object.values(config?.environments ?? {});
  const rules = [
    ...written.map((one) => mergeRules(one, stored[environmentKey(one.name)])),
    ...all
      .filter(({ name }) => findEnvironment(config?.environments ?? {}, name) === undefined)
      .map((one) => mergeRules(undefined, one)),
  ];
  return { environments: Object.fromEntries(rules.map((one) => [one.name, one])), stored, config, problem };
}

/** @throws SlipwayError `unknown-project`, `unknown-environment`, GitError */
export async function readEnvironment(
  sources: EnvironmentSources,
  { project, environment }: { project: string; environment: string },
): Promise<EnvironmentRules> {
  const all = await readEnvironments(sources, project);
  const rules = findEnvironment(all.environments, environment);
  if (rules !== undefined) return rules;
  throw new SlipwayError('unknown-environment', { message: unknownEnvironment(project, environment, all) });
}

/** Names the environment, what there is, and the mend. */
export function unknownEnvironment(
  project: string,
  name: string,
  { environments, problem }: ProjectEnvironments,
): string {
  const names = Object.keys(environments);
  const there = names.length === 0 ? 'none is defined' : `there are ${names.join(', ')}`;
  const [first] = problem;
  const broken =
    first === undefined ? '' : ` ${first.file}:${first.line}:${first.column}: ${first.message} ${first.mend}`;
  return `There is no environment '${name}' (${there}). Define it in ${deliveryFileName} on the default branch, or with 'slipway environments set ${name} --project ${project}'.${broken}`;
}
