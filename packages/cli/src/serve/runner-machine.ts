import type { RemoteActionStore } from '@slipway/runner/actions';
import type { Machine } from '@slipway/runner/agent';
import { withOwnCommand } from '../machine/installation.ts';
import { lazyActionStore, lazyContainers, lazyServices } from '../runs/lazy-providers.ts';

/** What the runners of this machine have in common. */
export function runnerMachine(
  slipwayHome: string,
  environment: NodeJS.ProcessEnv,
): Machine & { actions: RemoteActionStore } {
  const containers = lazyContainers({ slipwayHome, offline: false });
  return {
    slipwayHome,
    actions: lazyActionStore({ slipwayHome }),
    services: lazyServices({ slipwayHome, containers, executor: 'auto' }),
    containers,
    baseEnv: withOwnCommand(environment),
  };
}
