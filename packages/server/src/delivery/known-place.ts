import type { DeliverySources } from './delivery-sources.ts';
import type { Place } from './rollout-environments.ts';

/**
 * An environment that was deployed to, whatever the rules name by now, or one of the rules; as it is written there, since names are compared
 * without case.
 * @throws SlipwayError `unknown-environment`
 */
export async function knownPlace(
  { store, environmentOf }: Pick<DeliverySources, 'store' | 'environmentOf'>,
  { project, environment }: Place,
): Promise<Place> {
  const rows = await store
    .selectFrom('rollout_environment')
    .select('name')
    .where('project', '=', project)
    .execute();
  const kept = rows.find(({ name }) => name.toLowerCase() === environment.toLowerCase());
  if (kept) return { project, environment: kept.name };
  return { project, environment: (await environmentOf(project, environment, 'rollback')).name };
}
