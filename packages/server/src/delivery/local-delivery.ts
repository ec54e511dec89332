import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { projectSettingsSchema } from '@slipway/contracts/api/projects';
import { SlipwayError } from '@slipway/contracts/errors';
import { openFileBlobStore } from '../blobs/blob-store.ts';
import { createNotices } from '../controller/notices.ts';
import { deliverNotifications } from '../notifications/deliver-notifications.ts';
import type { NotificationSources } from '../notifications/notification-sources.ts';
import { git } from '../repositories/git.ts';
import { type BackgroundWork, startBackgroundWork } from '../serve/background-work.ts';
import { openStore } from '../store/open-store.ts';
import { type BundleStore, tidyBundles } from './bundle-retention.ts';
import { openBundle } from './bundles.ts';
import { type RolloutController, startRolloutController } from './controller/rollout-controller.ts';
import type { DeliverySources, DeploymentApprovals, Repository } from './delivery-sources.ts';
import { measureWith } from './measure.ts';
import { openTargets, type TargetHost } from './open-targets.ts';
import { environmentIn, readConfigAt } from './read-config.ts';

/** What deployments of one repository are made from, in one process, on an embedded store. */
export interface LocalDelivery {
  sources: DeliverySources;
  bundles: BundleStore;
  /** Drives what is open from now on, also what an earlier process left. */
  drive(onTrouble: (error: unknown) => void): void;
  close(): Promise<void>;
}

export interface LocalDeliveryOptions {
  /** Folder of everything that is kept. */
  directory: string;
  repository: Repository;
  host: TargetHost;
  /** What everything that is deployed gets. */
  variablesOf(environment: string): Record<string, string>;
  /** Credentials of notifications, by name. */
  secretOf(name: string): string | undefined;
  now: () => number;
}

export async function openLocalDelivery(options: LocalDeliveryOptions): Promise<LocalDelivery> {
  const { directory, repository, host, now } = options;
  const store = await openStore({ kind: 'sqlite', file: path.join(directory, 'slipway.db') });
  const blobs = await openFileBlobStore(path.join(directory, 'blobs'));
  const sources: DeliverySources = {
    store,
    notices: createNotices(),
    now,
    repositoryOf: async () => repository,
    async environmentOf(_, name) {
      const config = await readConfigAt(repository, `refs/heads/${repository.defaultBranch}`);
      const environment = environmentIn(config, name);
      // No job has a token here: whoever may write the store may write anything.
      return { ...environment, gates: { ...environment.gates, statedBy: 'anyone' } };
    },
    variablesOf: async (_, environment) => options.variablesOf(environment),
    // Whoever reads the reasons has set the variables: all of them are of this process's environment.
    secretsOf: async () => [],
    approvals: noApprovals,
    targets: openTargets({
      directory: path.join(directory, 'targets'),
      host,
      fetchBundle: (project, digest) => openBundle({ store, blobs }, project, digest),
    }),
  };
  let controller: RolloutController | undefined;
  let notifications: BackgroundWork | undefined;
  let tidying: BackgroundWork | undefined;
  return {
    sources,
    bundles: { store, blobs, now },
    drive(onTrouble) {
      controller ??= startRolloutController({
        sources,
        owner: randomUUID(),
        measure: measureWith(sources),
        // Another process that was killed has it for no longer than this.
        leaseMs: 5_000,
        onTrouble,
      });
      notifications ??= startBackgroundWork(
        () => deliverNotifications(notificationSources(options, sources), onTrouble),
        { everyMs: 1_000, onTrouble },
      );
      tidying ??= startBackgroundWork(() => tidyAllBundles({ store, blobs, now }), {
        everyMs: tidyEveryMs,
        onTrouble,
      });
    },
    async close() {
      await Promise.all([controller?.close(), notifications?.close(), tidying?.close()]);
      await sources.targets.close();
      await store.destroy();
    },
  };
}

const tidyEveryMs = 60 * 60_000;

/** By the rules that a project at a server has unless it says otherwise. */
async function tidyAllBundles(bundles: BundleStore): Promise<void> {
  const { rollbackReleases, quotas } = projectSettingsSchema.parse({});
  const projects = await bundles.store.selectFrom('bundle').select('project').distinct().execute();
  for (const { project } of projects) {
    const rules = { project, retentionDays: 90, rollbackReleases, quotaBytes: quotas.bundles };
    await tidyBundles(bundles, rules);
  }
}

/** The repository is the user's own, so that what it names may be on this machine. */
function notificationSources(
  { repository, secretOf }: LocalDeliveryOptions,
  { store, now }: DeliverySources,
): NotificationSources {
  return {
    store,
    now,
    channelsOf: async () =>
      (await readConfigAt(repository, `refs/heads/${repository.defaultBranch}`)).notifications,
    secretOf: async (_, name) => secretOf(name),
    privateHosts: ['localhost', '127.0.0.1', '::1'],
    record: async () => {},
  };
}

/** Who reviews has to be known, and that takes a server. */
const noApprovals: DeploymentApprovals = {
  find: async () => [],
  async request({ environment, plan }) {
    throw new SlipwayError('policy-refused', {
      message: `${environment} wants the approval of ${plan.protection.reviewers.join(' or ')}, and only a server knows who approves. Deploy by one (\`slipway serve\`), or take \`reviewers\` away for environments of this machine.`,
    });
  },
  withdraw: async () => {},
};

/** The branch whose `slipway.yml` holds: what the remote's HEAD names, else `main` or `master`, else the one that is checked out. */
export async function localRepository(directory: string): Promise<Repository> {
  const ask = (...args: string[]) =>
    git(directory, args).then(
      (text) => text.trim(),
      () => '',
    );
  const remote = await ask('symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD');
  const candidates = [remote.replace(/^origin\//, ''), 'main', 'master'].filter((one) => one !== '');
  for (const branch of candidates) {
    if ((await ask('rev-parse', '--verify', '--quiet', `refs/heads/${branch}`)) !== '') {
      return { directory, defaultBranch: branch };
    }
  }
  const current = await ask('symbolic-ref', '--quiet', '--short', 'HEAD');
  return { directory, defaultBranch: current === '' ? 'main' : current };
}
