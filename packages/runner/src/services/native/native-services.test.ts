import { findOnPath } from '../../machine/binaries.ts';
import { parseImageReference } from '../image-reference.ts';
import { testServiceProvider } from '../service-provider.contract.ts';
import { createNativeServices } from './native-services.ts';
import { findPostgres } from './postgres-installation.ts';

testServiceProvider({
  name: 'the machine’s own servers',
  create: (home) => createNativeServices({ slipwayHome: home }),
  unavailable: async () => {
    if (!(await findPostgres(parseImageReference('postgres')))) return 'PostgreSQL is not installed';
    return findOnPath('redis-server') ? null : 'Redis is not installed';
  },
  images: { postgres: 'postgres:15-alpine', redis: 'redis:7-alpine' },
  psql: findOnPath('psql'),
});
