import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { createAttestationKeys } from '../attestations/attestation-keys.ts';
import { openBundle } from '../delivery/bundles.ts';
import { type RolloutController, startRolloutController } from '../delivery/controller/rollout-controller.ts';
import type { DeliverySources } from '../delivery/delivery-sources.ts';
import { measureWith } from '../delivery/measure.ts';
import { openTargets } from '../delivery/open-targets.ts';
import { serverApprovals } from '../delivery/server-approvals.ts';
import { serverEnvironment } from '../delivery/server-environments.ts';
import { readEnvironments } from '../environments/read-environments.ts';
import type { EventSources } from '../events/event-sources.ts';
import { deliverNotifications } from '../notifications/deliver-notifications.ts';
import { recordOnGithubForm } from '../notifications/record-on-github-form.ts';
import { findProject } from '../projects/find-project.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import { environmentVariables } from '../secrets/environment-variables.ts';
import { readSecrets } from '../secrets/secret-vault.ts';
import { type BackgroundWork, startBackgroundWork } from './background-work.ts';
import type { ServerOptions } from './server-options.ts';
import type { ServerParts } from './server-parts.ts';

/** What deployments of a server's projects are made from. */
export function deliverySources(
  { data, delivery }: ServerOptions,
  { store, blobs, key: serverKey }: ServerParts,
  sources: EventSources,
): DeliverySources {
  const { now, notices, repositories, secrets, publicUrl } = sources;
  return {
    store,
    notices,
    now,
    publicUrl,
    attestor: { keys: createAttestationKeys({ store, now, serverKey }), publicUrl },
    async repositoryOf(name) {
      const { settings } = await findProject(store, name);
      const directory = repositoryDirectory(repositories, name);
      return { directory, defaultBranch: settings.defaultBranch };
    },
    environmentOf: (project, name, haste) => serverEnvironment(sources, { project, name, haste }),
    async variablesOf(project, environment) {
      const set = await environmentVariables(secrets, { project, environment });
      return { ...set.vars, ...set.secrets };
    },
    secretsOf: async (project, environment) =>
      Object.values((await environmentVariables(secrets, { project, environment })).secrets),
    approvals: serverApprovals(sources),
    targets: openTargets({
      directory: path.join(path.resolve(data), 'targets'),
      host: delivery?.host,
      fetchBundle: (project, digest) => openBundle({ store, blobs }, project, digest),
    }),
  };
}

export function openRollouts(
  { delivery }: ServerOptions,
  sources: DeliverySources,
  onTrouble: (error: unknown) => void,
): RolloutController {
  return startRolloutController({
    sources,
    owner: randomUUID(),
    measure: measureWith(sources),
    onTrouble,
    ...(delivery?.driftEveryMs !== undefined && { driftEveryMs: delivery.driftEveryMs }),
  });
}

/** Tells people of deployments, at once and until they are told. */
export function openNotifications(
  { delivery: options }: ServerOptions,
  { sources, delivery }: { sources: EventSources; delivery: DeliverySources },
  onTrouble: (error: unknown) => void,
): BackgroundWork {
  const { store, now, notices, secrets } = sources;
  const work = startBackgroundWork(
    () =>
      deliverNotifications(
        {
          store,
          now,
          privateHosts: options?.privateHosts ?? [],
          channelsOf: async (project) =>
            (await readEnvironments(sources, project)).config?.notifications ?? [],
          async secretOf({ project, environment }, name) {
            const [owner = ''] = project.split('/');
            const values = await readSecrets(secrets, [
              { kind: 'organization', owner },
              { kind: 'project', project },
              { kind: 'environment', project, environment },
            ]);
            return values[name];
          },
          record: (notice) => recordOnGithubForm(delivery, notice),
        },
        onTrouble,
      ),
    { everyMs: 1_000, onTrouble },
  );
  const unwatch = notices.watch('rollouts', work.wake);
  return {
    wake: work.wake,
    close() {
      unwatch();
      return work.close();
    },
  };
}
