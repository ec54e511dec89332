import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createContainerSource,
  createHostReach,
  type DockerClient,
  type HostReach,
} from '@slipway/runner/docker';
import { makeBaseImage } from './base-image.ts';
import { removeLabelled } from './labelled.ts';
import { type Registry, startRegistry } from './registry.ts';

/** What it takes to make the components images and run them as containers. */
export interface Images {
  /** For people: where they go, and what they are made from. */
  description: string;
  /** Host and port, and who may push there. */
  registry: string;
  account: { username: string; password: string };
  /** `name=value`: all that is made of them has it. */
  label: string;
  /** Of the project: with them its build makes images. */
  variables: Record<string, string>;
  /** The URL under which containers reach what this one names on the loopback. */
  fromContainers(url: string): Promise<string>;
  /** Takes away all that was made: containers, networks, images, registry. */
  close(): Promise<void>;
}

export type ImagesOrNot = { kind: 'images'; images: Images } | { kind: 'none'; why: string };

export interface ImagesOptions {
  /** For what is kept beside the engine. */
  folder: string;
  signal: AbortSignal;
  /** Image with Node and npm that the others are made from; by default what the example's Dockerfiles name. */
  origin?: string;
}

/** Tries all that the pipeline will need, so that a machine where Docker does half of it is found out before anything has begun. */
export async function openImages({ folder, signal, origin }: ImagesOptions): Promise<ImagesOrNot> {
  const source = createContainerSource({ slipwayHome: join(folder, 'home') });
  const found = await source.find();
  if (found.kind === 'none') return { kind: 'none', why: found.why };
  // Podman's client wants TLS of a registry, on the loopback too.
  if (found.engine.name !== 'docker') return { kind: 'none', why: 'only podman is installed' };
  const id = `slipway_demo_${randomBytes(4).toString('hex')}`;
  const client = await source.use(id);
  const label = `slipway.demo=${id}`;
  const reachEnds = new AbortController();
  const reach = createHostReach({ client, trackingId: id, signal: reachEnds.signal });
  const resources: { registry?: Registry } = {};
  const close = async () => {
    reachEnds.abort();
    await removeLabelled(client, label);
    await client.attempt(['network', 'rm', id]);
    if (resources.registry) await client.attempt(['logout', resources.registry.address]);
    await resources.registry?.stop();
    source.release(id);
  };
  try {
    const place = join(folder, 'images');
    await mkdir(place, { recursive: true });
    const registry = await startRegistry({ client, folder: place, label });
    resources.registry = registry;
    const base = await makeBaseImage({
      client,
      folder: place,
      label,
      image: `${registry.address}/node:demo`,
      reach,
      ...(origin && { origin }),
    });
    await tryOut({ client, registry, image: base.image, reach });
    signal.throwIfAborted();
    const images: Images = {
      ...{ registry: registry.address, account: registry.account, label },
      description: `images in ${registry.address}, made from ${base.origin}`,
      variables: {
        ...{ REGISTRY: registry.address, REGISTRY_USERNAME: registry.account.username },
        ...{ NODE_IMAGE: base.image, BUILDER: 'engine' },
      },
      fromContainers: reach.urlFromContainers,
      close,
    };
    return { kind: 'images', images };
  } catch (error) {
    await close();
    signal.throwIfAborted();
    return { kind: 'none', why: error instanceof Error ? error.message : String(error) };
  }
}

/** An engine in a virtual machine, or a firewall, may keep engine and registry or containers and databases apart. */
async function tryOut({
  client,
  registry,
  image,
  reach,
}: {
  client: DockerClient;
  registry: Registry;
  image: string;
  reach: HostReach;
}): Promise<void> {
  const { address, account } = registry;
  const signIn = ['login', address, '--username', account.username, '--password-stdin'];
  await client.run(signIn, { input: account.password });
  await client.run(['push', '--quiet', image]);
  // The pipeline signs in by itself.
  await client.run(['logout', address]);
  const url = await reach.urlFromContainers(`http://${address}/v2/`);
  const script = `fetch(${JSON.stringify(url)}, { signal: AbortSignal.timeout(10_000) }).then(({ status }) => process.exit(status === 401 ? 0 : 1))`;
  await client.run(['run', '--rm', '--entrypoint', 'node', image, '-e', script]).catch((cause) => {
    throw new Error('containers do not reach this machine', { cause });
  });
}
