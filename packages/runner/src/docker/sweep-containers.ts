import { createDockerClient, type DockerClient } from './docker-client.ts';
import { findContainerEngine } from './engine.ts';
import { actionImage, runFilter } from './labels.ts';

/**
 * Removes containers, networks and image tags that a run has left, `slipway_<runId>`. Resolves to false if no engine
 * answers that could tell. Never throws.
 */
export async function sweepContainers(trackingPrefix: string): Promise<boolean> {
  const search = await findContainerEngine();
  if (search.kind === 'none') return false;
  const client = createDockerClient(search.engine);
  try {
    const filter = ['--quiet', ...runFilter(trackingPrefix)];
    await removeListed(client, ['ps', '--all', ...filter], ['rm', '--force', '--volumes']);
    await removeListed(client, ['network', 'ls', ...filter], ['network', 'rm']);
    const images = [
      '--filter',
      `reference=${actionImage}:${trackingPrefix}_*`,
      '--format',
      '{{.Repository}}:{{.Tag}}',
    ];
    await removeListed(client, ['image', 'ls', ...images], ['rmi', '--no-prune']);
    return true;
  } catch {
    return false;
  }
}

async function removeListed(client: DockerClient, list: string[], remove: string[]): Promise<void> {
  const names = (await client.run(list)).split('\n').filter((name) => name !== '');
  if (names.length > 0) await client.attempt([...remove, ...names]);
}
