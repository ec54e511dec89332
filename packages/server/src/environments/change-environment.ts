import type { EnvironmentSettings } from '@slipway/contracts/api/environments';
import { SlipwayError } from '@slipway/contracts/errors';
import { recordAudit } from '../access/audit.ts';
import { scopeKey } from '../secrets/scope.ts';
import type { Store } from '../store/open-store.ts';
import { deliveryFileName } from './delivery-file.ts';
import { type EnvironmentRules, findEnvironment } from './environment-rules.ts';
import { type EnvironmentSources, readEnvironments, unknownEnvironment } from './read-environments.ts';
import { removeSettings, storeSettings } from './stored-settings.ts';

export interface EnvironmentChange {
  /** As it was written when it was created. */
  project: string;
  environment: string;
  /** Who changes it. */
  by: string;
}

/** Sets what is to hold over `slipway.yml`, in place of all that was set before; an environment that is not there is made. */
export async function setEnvironment(
  { store, now }: EnvironmentSources,
  { project, environment: name, by }: EnvironmentChange,
  settings: EnvironmentSettings,
): Promise<void> {
  await store.transaction().execute(async (transaction) => {
    const clock = { store: transaction, now: now() };
    await storeSettings(clock, { project, name, settings });
    await record(clock, { action: 'environment.set', project, name, by, detail: { ...settings } });
  });
}

/**
 * Forgets what was set; an environment that `slipway.yml` does not define goes with its secrets and variables.
 * @throws SlipwayError `unknown-environment`
 */
export async function removeEnvironment(
  sources: EnvironmentSources,
  { project, environment, by }: EnvironmentChange,
): Promise<void> {
  const all = await readEnvironments(sources, project);
  const rules = findEnvironment(all.environments, environment);
  if (rules === undefined) {
    throw new SlipwayError('unknown-environment', { message: unknownEnvironment(project, environment, all) });
  }
  const { name, definedIn } = rules;
  if (!definedIn.includes('settings')) {
    throw new SlipwayError('unknown-environment', {
      message: `Nothing is set of '${name}': it is defined in ${deliveryFileName} alone, where it can be removed.`,
    });
  }
  await sources.store.transaction().execute(async (transaction) => {
    await removeSettings(transaction, { project, name });
    if (!definedIn.includes('file')) await removeContents(transaction, { project, rules });
    const clock = { store: transaction, now: sources.now() };
    await record(clock, { action: 'environment.removed', project, name, by, detail: {} });
  });
}

async function removeContents(
  store: Store,
  { project, rules }: { project: string; rules: EnvironmentRules },
): Promise<void> {
  const scope = scopeKey({ kind: 'environment', project, environment: rules.name });
  await store.deleteFrom('secret').where('scope', '=', scope).execute();
  await store.deleteFrom('variable').where('scope', '=', scope).execute();
}

interface Recorded {
  action: string;
  project: string;
  name: string;
  by: string;
  detail: Record<string, unknown>;
}

async function record(
  { store, now }: { store: Store; now: number },
  { action, project, name, by, detail }: Recorded,
): Promise<void> {
  const subject = `environment ${name}`;
  await recordAudit(store, { at: now, actor: by, action, project, subject, outcome: 'done', detail });
}
