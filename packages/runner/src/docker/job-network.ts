import { type DockerClient, DockerError } from './docker-client.ts';
import { labelArguments } from './labels.ts';

/**
 * All containers of a job share one network, named after the job; services find each other by their ids.
 * Whoever needs it first makes it; whoever leaves it last removes it.
 */
export async function ensureNetwork(client: DockerClient, trackingId: string): Promise<string> {
  const pending = inMaking.get(trackingId) ?? create(client, trackingId);
  inMaking.set(trackingId, pending);
  try {
    await pending;
    return trackingId;
  } finally {
    inMaking.delete(trackingId);
  }
}

/** Does nothing while a container is still in it. */
export async function removeNetwork(client: DockerClient, trackingId: string): Promise<void> {
  await client.attempt(['network', 'rm', trackingId]);
}

/** Services start at once: the engine would make several networks of the same name. */
const inMaking = new Map<string, Promise<void>>();

async function create(client: DockerClient, trackingId: string): Promise<void> {
  try {
    await client.run(['network', 'inspect', '--format', '{{.Name}}', trackingId]);
    return;
  } catch (error) {
    if (!(error instanceof DockerError)) throw error;
  }
  await client.run(['network', 'create', ...labelArguments(trackingId), trackingId]);
}
