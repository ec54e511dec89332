import { join } from 'node:path';
import { createTestRepository, type TestRepository } from '../git/test-repository.ts';

/** Local repositories that git reaches as `https://github.com/…`. */
export interface TestServer {
  /** For git: the substitution, and nothing of the machine's own configuration. */
  env: NodeJS.ProcessEnv;
  repository(name: string): TestRepository;
}

export function createTestServer(directory: string): TestServer {
  return {
    env: {
      PATH: process.env.PATH,
      HOME: directory,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `url.file://${directory}/.insteadOf`,
      GIT_CONFIG_VALUE_0: 'https://github.com/',
    },
    repository: (name) => createTestRepository(join(directory, name)),
  };
}
