import type { ActionStoreOptions, RemoteActionStore } from '@slipway/runner/actions';
import type { ContainerSource } from '@slipway/runner/docker';
import type { ServiceProvider, ServicesOptions } from '@slipway/runner/services';
import { installation } from '../machine/installation.ts';

/** The store of actions, loaded when a job uses one: a job of scripts alone starts without it. */
export function lazyActionStore(options: ActionStoreOptions): RemoteActionStore {
  let store: Promise<RemoteActionStore> | null = null;
  const load = (): Promise<RemoteActionStore> => {
    store ??= import('@slipway/runner/actions').then(({ createActionStore }) =>
      createActionStore({ builtInRoot: installation(), ...options }),
    );
    return store;
  };
  return {
    async prepare(uses, ...rest) {
      if (uses.length > 0) await (await load()).prepare(uses, ...rest);
    },
    resolve: async (...args) => (await load()).resolve(...args),
    readFile: async (...args) => (await load()).readFile(...args),
  };
}

/** Where containers come from, loaded by the first job that needs one. */
export function lazyContainers(options: { slipwayHome: string; offline: boolean }): ContainerSource {
  let source: Promise<ContainerSource> | null = null;
  let loaded: ContainerSource | null = null;
  const load = (): Promise<ContainerSource> => {
    source ??= import('@slipway/runner/docker').then(({ createContainerSource }) => {
      loaded = createContainerSource(options);
      return loaded;
    });
    return source;
  };
  return {
    offline: options.offline,
    find: async () => (await load()).find(),
    use: async (trackingId) => (await load()).use(trackingId),
    release: (trackingId) => loaded?.release(trackingId),
  };
}

/** What serves `services:`, loaded by the first job that has some. */
export function lazyServices(options: ServicesOptions): ServiceProvider {
  let provider: Promise<ServiceProvider> | null = null;
  const load = (): Promise<ServiceProvider> => {
    provider ??= import('@slipway/runner/services').then(({ createServices }) => createServices(options));
    return provider;
  };
  return {
    cannotServe: async (request) => (await load()).cannotServe(request),
    start: async (request, context) => (await load()).start(request, context),
  };
}
