import type { Machine } from '@slipway/runner/agent';
import { withOwnCommand } from '../machine/installation.ts';
import { lazyActionStore, lazyContainers, lazyServices } from '../runs/lazy-providers.ts';

/** What the runners of this machine have in common. */
export function runnerMachine(slipwayHome: string, environment: NodeJS.ProcessEnv): Machine {
  const containers = lazyContainers({ slipwayHome, offline: false });
  return {
    slipwayHome,
    actionsOf: (repositoryRoot) => lazyActionStore({ slipwayHome, repositoryRoot }),
    services: lazyServices({ slipwayHome, containers, executor: 'auto' }),
    containers,
    baseEnv: withOwnCommand(environment),
  };
}
