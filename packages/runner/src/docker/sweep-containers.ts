import { createDockerClient, type DockerClient } from './docker-client.ts';
import { findContainerEngine } from './engine.ts';
import { runFilter } from './labels.ts';

/**
 * Removes containers, networks and image tags that a run has left, `slipway_<runId>`. Resolves to false if no engine
 * answers that could tell. Never throws.
 */
export async function sweepContainers(trackingPrefix: string): Promise<boolean> {
  const search = await findContainerEngine();
  if (search.kind === 'none') return false;
  const client = createDockerClient(search.engine);
  try {
    await removeAll(client, ['ps', '--all', '--quiet'], ['rm', '--force', '--volumes'], trackingPrefix);
    await removeAll(client, ['network', 'ls', '--quiet'], ['network', 'rm'], trackingPrefix);
    await removeAll(client, ['image', 'ls', '--quiet'], ['rmi', '--force'], trackingPrefix);
    return true;
  } catch {
    return false;
  }
}

async function removeAll(
  client: DockerClient,
  list: string[],
  remove: string[],
  trackingPrefix: string,
): Promise<void> {
  const ids = (await client.run([...list, ...runFilter(trackingPrefix)]))
    .split('\n')
    .filter((id) => id !== '');
  if (ids.length > 0) await client.attempt([...remove, ...new Set(ids)]);
}
