import { SlipwayError } from '@slipway/contracts/errors';
import type { Environment } from '@slipway/delivery';
import { findEnvironment } from '../environments/environment-rules.ts';
import { readEnvironments, unknownEnvironment } from '../environments/read-environments.ts';
import type { EventSources } from '../events/event-sources.ts';
import type { Haste } from '../store/tables/delivery.ts';
import { invalidConfig } from './read-config.ts';

/**
 * What a deployment goes by: `slipway.yml` of the default branch with what was set over it. A file with mistakes is not deployed by;
 * its last good version is enough to go back, and keeps jobs out of environments.
 * @throws SlipwayError `unknown-environment`, `invalid-delivery-config`
 */
export async function serverEnvironment(
  sources: EventSources,
  { project, name, haste }: { project: string; name: string; haste: Haste },
): Promise<Environment> {
  const all = await readEnvironments(sources, project);
  if (all.problem.length > 0 && haste !== 'rollback') throw invalidConfig(all.problem, 'the default branch');
  const rules = findEnvironment(all.environments, name);
  if (rules === undefined) {
    throw new SlipwayError('unknown-environment', {
      message: unknownEnvironment(project, name, all),
      field: 'environment',
    });
  }
  const written = findEnvironment(all.config?.environments ?? {}, name);
  if (written === undefined) {
    throw new SlipwayError('invalid-delivery-config', {
      message: `slipway.yml of the default branch does not say how to deploy to ${name}. Add it under \`environments\`, with a \`target\` and a \`strategy\`.`,
    });
  }
  const { protection, windows, onFreeze } = rules;
  return { ...written, protection, windows, onFreeze };
}
