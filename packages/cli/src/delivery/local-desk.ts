import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import type { newDeploymentSchema, newReleaseSchema } from '@slipway/contracts/api/delivery';
import {
  addEvidence,
  clearFreeze,
  createRelease,
  deploymentAnswer,
  deploymentDetail,
  environmentAnswer,
  findRelease,
  keepBundle,
  knownPlace,
  type LocalDelivery,
  listDeployments,
  listEnvironments,
  listReleases,
  localRepository,
  missingBundles,
  openLocalDelivery,
  readDeploymentEvents,
  readDora,
  registerPlan,
  releaseAnswer,
  requestDeployment,
  requestRollback,
  requireDeployment,
  sayWord,
} from '@slipway/server/delivery';
import type { z } from 'zod';
import { repositoryOfUrl } from '../repository/git-files.ts';
import { git } from '../repository/git-head.ts';
import { findRepositoryRoot } from '../repository/repository-root.ts';
import type { DeliveryDesk } from './delivery-desk.ts';
import { targetHost } from './target-host.ts';

export interface LocalDeskOptions {
  cwd: string;
  environment: NodeJS.ProcessEnv;
  project: string | undefined;
  onTrouble: (error: unknown) => void;
}

/** No repository is here. */
export class NoRepositoryError extends Error {
  override readonly name = 'NoRepositoryError';
}

const lookEveryMs = 500;
const mostEvents = 100_000;

/** Serves the repository that this process is in, with what is kept under its `.slipway/delivery`. @throws NoRepositoryError */
export async function localDesk(options: LocalDeskOptions): Promise<DeliveryDesk> {
  const { environment, cwd } = options;
  const root = findRepositoryRoot(cwd);
  if (root === null) throw new NoRepositoryError(`${cwd} is in no git repository`);
  const directory = environment.SLIPWAY_DELIVERY || (await ownFolder(root));
  const local = await openLocalDelivery({
    directory: path.resolve(directory),
    repository: await localRepository(root),
    host: targetHost(),
    variablesOf: () => deployedVariables(environment),
    secretOf: (name) => environment[name],
    now: Date.now,
  });
  const project = options.project ?? environment.GITHUB_REPOSITORY ?? (await projectOf(root));
  const runId = /^\d{1,9}$/.test(environment.GITHUB_RUN_ID ?? '') ? Number(environment.GITHUB_RUN_ID) : null;
  const by = environment.GITHUB_ACTOR || userInfo().username;
  const ref = await refHere(root, environment);
  return deskOf(local, { project, by, runId, ref }, options.onTrouble);
}

/** What a build here is of, unless it is said. */
async function refHere(root: string, { GITHUB_REF }: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (/^refs\/(?:heads|tags)\//.test(GITHUB_REF ?? '')) return GITHUB_REF;
  const { stdout, failed } = await git(root, ['symbolic-ref', '--quiet', 'HEAD']);
  return failed ? undefined : stdout.trim();
}

function deskOf(
  local: LocalDelivery,
  asker: { project: string; by: string; runId: number | null; ref: string | undefined },
  onTrouble: (error: unknown) => void,
): DeliveryDesk {
  const { sources, bundles } = local;
  const { store, notices } = sources;
  const { project, by, ref } = asker;
  return {
    isLocal: true,
    project,
    async keepBundle(digest, file) {
      if ((await missingBundles(store, project, [digest])).length === 0) return false;
      await keepBundle(bundles, { project, digest, body: createReadStream(file) });
      return true;
    },
    createRelease: async (release) =>
      releaseAnswer(
        await createRelease(sources, asker, {
          evidence: [],
          ...(ref !== undefined && { ref }),
          ...release,
        } as z.output<typeof newReleaseSchema>),
      ),
    addEvidence: async (reference, evidence) =>
      releaseAnswer(await addEvidence(sources, asker, { reference, evidence })),
    releases: async (limit) => (await listReleases(store, project, limit)).map(releaseAnswer),
    release: async (reference) => releaseAnswer(await findRelease(store, project, reference)),
    async attestations(reference) {
      const { tag, commit, components } = releaseAnswer(await findRelease(store, project, reference));
      return { release: { tag, commit, components }, attestations: [] };
    },
    attestationKeys: async () => [],
    plan: (request) => registerPlan(sources, asker, { ...request, haste: request.haste ?? 'none' }),
    deploy: async (request) =>
      deploymentAnswer(
        await requestDeployment(sources, asker, {
          haste: 'none',
          ...request,
        } as z.output<typeof newDeploymentSchema>),
      ),
    async rollback(request) {
      const { kind, deployment } = await requestRollback(sources, asker, request);
      return { kind, deployment: deploymentAnswer(deployment) };
    },
    async deployments({ environment, limit }) {
      const place =
        environment === undefined ? { project } : await knownPlace(sources, { project, environment });
      return (await listDeployments(store, { ...place, limit })).map(deploymentAnswer);
    },
    deployment: async (id) => deploymentDetail(await requireDeployment(sources, { project, id })),
    history: (id) => readDeploymentEvents(store, { id, after: 0, limit: mostEvents }),
    async *follow(id) {
      local.drive(onTrouble);
      for (let after = 0; ; ) {
        const notice = notices.next(`deployment:${id}`, AbortSignal.timeout(lookEveryMs));
        const deployment = deploymentAnswer(await requireDeployment(sources, { project, id }));
        const events = await readDeploymentEvents(store, { id, after, limit: 500 });
        yield* events;
        after = events.at(-1)?.id ?? after;
        if (events.length > 0) continue;
        if (deployment.isEnded) return deployment;
        await notice;
      }
    },
    say: async (id, word, reason) =>
      deploymentAnswer(await sayWord(sources, { project, id }, { word, by, reason })),
    environments: () => listEnvironments(store, project),
    async unfreeze(environment, reason) {
      await clearFreeze(sources, { project, environment }, { by, reason });
      return environmentAnswer(store, { project, environment });
    },
    dora: (environment, days) => readDora(sources, { project, environment, days }),
    close: () => local.close(),
  };
}

/** Git does not see it. */
async function ownFolder(root: string): Promise<string> {
  const folder = path.join(root, '.slipway');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => {});
  return path.join(folder, 'delivery');
}

async function projectOf(root: string): Promise<string> {
  const { readGitFiles } = await import('../repository/git-files.ts');
  const { originUrl } = readGitFiles(root);
  const named = originUrl === null ? null : repositoryOfUrl(originUrl);
  return named ?? `local/${path.basename(root).replaceAll(/[^A-Za-z0-9._-]/g, '-')}`;
}

/** Where there is no server that keeps secrets: what begins with SLIPWAY_VAR_ in the environment, without that. */
function deployedVariables(environment: NodeJS.ProcessEnv): Record<string, string> {
  const prefix = 'SLIPWAY_VAR_';
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      name.startsWith(prefix) && value !== undefined ? [[name.slice(prefix.length), value]] : [],
    ),
  );
}
