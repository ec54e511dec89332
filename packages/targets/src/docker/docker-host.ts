import { createHash, randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Artifact } from '@slipway/delivery';
import { type Host, keptArtifacts, UnknownArtifact } from '../host/host.ts';
import { labels, listContainers } from './container-facts.ts';
import { createDockerCli, type DockerCli, environmentOptions } from './docker-cli.ts';
import { createDockerInstances, endContainer } from './docker-instances.ts';
import { createDockerOneOffs } from './docker-one-offs.ts';
import { type FetchedImages, openFetchedImages } from './fetched-images.ts';
import { commandOptions, labelOptions, logOptions, referenceOf, volumeOptions } from './run-options.ts';
import { networkOf, removeNetworks } from './target-network.ts';

/**
 * Images as containers on a network of their own. Ports are published on the loopback, where the edge reaches them on every system; the engine
 * itself starts again what ends.
 */
export function createDockerHost(directory: string, cli = createDockerCli()): Host {
  const target = createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 12);
  const images = openFetchedImages(directory, cli);
  const fetching = { cli, images };
  const common = async () => {
    const network = await networkOf(cli, target);
    // Images are fetched before, so that an unknown one is found out before anything changes.
    return ['--network', network, '--pull', 'never', ...logOptions, ...labelOptions({ target })];
  };
  const instances = createDockerInstances({ cli, target, common });
  const oneOffs = createDockerOneOffs({ cli, target, directory, common });
  return {
    kind: 'docker',
    fetch: (artifact) => fetchImage(fetching, artifact),
    instances: () => instances.list(),
    async ensureInstance(spec) {
      await fetchImage(fetching, spec.artifact);
      await instances.ensure(spec);
    },
    removeInstance: (id) => instances.remove(id),
    async beginOneOff(run) {
      await fetchImage(fetching, run.artifact);
      return oneOffs.begin(run);
    },
    oneOff: (token) => oneOffs.read(token),
    oneOffsOf: (prefix) => oneOffs.tokens(prefix),
    stopOneOff: (token, reason) => oneOffs.stop(token, reason),
    async output(kind, id) {
      const containers = await listContainers(cli, target, kind);
      const container = containers.find((one) => one.labels[labels.id] === id);
      if (!container) return null;
      const { stdout, stderr } = await cli.attempt(['logs', '--tail', '500', container.id]);
      return stdout + stderr;
    },
    async ask({ artifact, command, volumes, env, timeoutMs }) {
      await fetchImage(fetching, artifact);
      const environment = environmentOptions(env);
      const name = `slipway-${target}-ask-${randomBytes(4).toString('hex')}`;
      const options = [...(await common()), ...volumeOptions(volumes), ...environment.args];
      const image = commandOptions(referenceOf(artifact), command);
      const args = ['run', '--rm', '--name', name, ...options, ...image];
      const answer = await cli.attempt(args, { env: environment.env, timeoutMs });
      // The client is gone, and the container goes on.
      if (answer.exitCode === null) await cli.attempt(['rm', '--force', '--volumes', name]);
      return answer;
    },
    // An image's files are in its containers only.
    folderOf: async () => null,
    prune: (inUse) => images.prune(inUse, keptArtifacts),
    async end() {
      for (const kind of ['instance', 'one-off'] as const) {
        const containers = await listContainers(cli, target, kind);
        await Promise.all(containers.map((container) => endContainer(cli, container)));
      }
      await removeNetworks(cli, target);
    },
  };
}

/** What no later try changes. */
const finalRefusals =
  /not found|manifest unknown|access denied|unauthorized|invalid reference|no such image/i;

/** What docker and podman say of an image that they don't have; anything else may be the engine's own trouble. */
const isNoImage = /no such image|no such object|image not known/i;

/** @throws UnknownArtifact when the engine hasn't got it and no registry has */
async function fetchImage(
  { cli, images }: { cli: DockerCli; images: FetchedImages },
  artifact: Artifact,
): Promise<void> {
  const reference = referenceOf(artifact);
  const { exitCode, stderr } = await cli.attempt(['image', 'inspect', reference]);
  if (exitCode === 0) return images.used(reference);
  if (artifact.repository === undefined) {
    if (isNoImage.test(stderr)) throw new UnknownArtifact(`there is no image ${reference} here`);
    throw new Error(`${reference}: ${stderr.trim()}`);
  }
  const pulled = await cli.attempt(['pull', '--quiet', reference]);
  if (pulled.exitCode === 0) return images.fetched({ reference, digest: artifact.digest });
  const message = `${reference}: ${pulled.stderr.trim()}`;
  throw finalRefusals.test(pulled.stderr) ? new UnknownArtifact(message) : new Error(message);
}
