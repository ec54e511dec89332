import { createDockerServices } from '../../packages/runner/src/docker/docker-services.ts';
import { findOnPath } from '../../packages/runner/src/machine/binaries.ts';
import { testServiceProvider } from '../../packages/runner/src/services/service-provider.contract.ts';
import { prepareTestEngine, testImages } from './test-engine.ts';

const engine = await prepareTestEngine();

testServiceProvider({
  name: 'docker',
  create: () => {
    if (engine.kind === 'skip')
      return {
        cannotServe: async () => engine.reason,
        start: () => Promise.reject(new Error(engine.reason)),
      };
    return createDockerServices({ use: async () => engine.client, offline: true });
  },
  unavailable: async () => (engine.kind === 'skip' ? engine.reason : null),
  images: { postgres: testImages.postgres, redis: testImages.redis },
  psql: findOnPath('psql'),
});
