import { type DockerClient, DockerError } from './docker-client.ts';
import { labelArguments } from './labels.ts';

/**
 * All containers of a job share one network, named after the job; services find each other by their ids.
 * Whoever needs it first makes it; whoever leaves it last removes it. Only this process makes networks of this name.
 */
export async function ensureNetwork(client: DockerClient, trackingId: string): Promise<string> {
  const pending = made.get(trackingId) ?? create(client, trackingId);
  made.set(trackingId, pending);
  try {
    await pending;
    return trackingId;
  } catch (error) {
    made.delete(trackingId);
    throw error;
  }
}

/** Does nothing while a container is still in it, or if it was never made. Never throws. */
export async function removeNetwork(client: DockerClient, trackingId: string): Promise<void> {
  const pending = made.get(trackingId);
  if (pending === undefined) return;
  try {
    await pending;
    await client.run(['network', 'rm', trackingId]);
    made.delete(trackingId);
  } catch (error) {
    if (!(error instanceof DockerError)) throw error;
  }
}

/** Services start at once: the engine would make several networks of the same name. */
const made = new Map<string, Promise<void>>();

async function create(client: DockerClient, trackingId: string): Promise<void> {
  await client.run(['network', 'create', ...labelArguments(trackingId), trackingId]);
}
