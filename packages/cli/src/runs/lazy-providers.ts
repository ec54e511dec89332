import type { ActionStoreOptions, RemoteActionStore } from '@slipway/runner/actions';
import type { ServiceProvider } from '@slipway/runner/services';

/** The store of actions, loaded when a job uses one: a job of scripts alone starts without it. */
export function lazyActionStore(options: ActionStoreOptions): RemoteActionStore {
  let store: Promise<RemoteActionStore> | null = null;
  const load = (): Promise<RemoteActionStore> => {
    store ??= import('@slipway/runner/actions').then(({ createActionStore }) => createActionStore(options));
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

/** What serves `services:`, loaded by the first job that has some. */
export function lazyServices(slipwayHome: string): ServiceProvider {
  let provider: Promise<ServiceProvider> | null = null;
  const load = (): Promise<ServiceProvider> => {
    provider ??= import('@slipway/runner/services').then(({ createNativeServices }) =>
      createNativeServices({ slipwayHome }),
    );
    return provider;
  };
  return {
    cannotServe: async (request) => (await load()).cannotServe(request),
    start: async (request, context) => (await load()).start(request, context),
  };
}
