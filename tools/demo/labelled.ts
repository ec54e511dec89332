import type { DockerClient } from '@slipway/runner/docker';

/**
 * Removes images with this label and all that was made of them: an image has the labels of the one that it is made from, and a container those of its image.
 * Networks of targets go with the containers in them. Never throws.
 */
export async function removeLabelled(client: DockerClient, label: string): Promise<void> {
  const list = async (args: string[]) => {
    const output = await client.run(args).catch(() => '');
    return [...new Set(output.split('\n').filter(Boolean))];
  };
  const own = ['--filter', `label=${label}`];
  const targets = await list(['ps', '--all', ...own, '--format', '{{.Label "slipway.target"}}']);
  const containers = await list(['ps', '--all', '--quiet', ...own]);
  if (containers.length > 0) await client.attempt(['rm', '--force', '--volumes', ...containers]);
  for (const target of targets) {
    const networks = await list(['network', 'ls', '--quiet', '--filter', `label=slipway.target=${target}`]);
    for (const network of networks) await client.attempt(['network', 'rm', network]);
  }
  const images = await list(['image', 'ls', '--quiet', ...own]);
  if (images.length > 0) await client.attempt(['image', 'rm', '--force', ...images]);
  // Of builds in stages, without a name.
  await client.attempt(['image', 'prune', '--force', ...own]);
}
