import { randomBytes } from 'node:crypto';
import { labels } from './container-facts.ts';
import type { DockerCli } from './docker-cli.ts';
import { labelOptions } from './run-options.ts';

/** The network of a target's containers. Each is made under a name of its own, and of two that were made at once both controllers take the same one. */
export async function networkOf(cli: DockerCli, target: string): Promise<string> {
  const before = await namesOf(cli, target);
  if (before.length === 0) {
    const name = `slipway-${target}-${randomBytes(4).toString('hex')}`;
    await cli.run(['network', 'create', ...labelOptions({ target }), name]);
  }
  const [first] = before.length > 0 ? before : await namesOf(cli, target);
  return first as string;
}

export async function removeNetworks(cli: DockerCli, target: string): Promise<void> {
  for (const name of await namesOf(cli, target)) await cli.attempt(['network', 'rm', name]);
}

async function namesOf(cli: DockerCli, target: string): Promise<string[]> {
  const filter = ['--filter', `label=${labels.target}=${target}`];
  const names = await cli.run(['network', 'ls', ...filter, '--format', '{{.Name}}']);
  return names.split('\n').filter(Boolean).sort();
}
