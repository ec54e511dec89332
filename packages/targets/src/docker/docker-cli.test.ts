import { expect, test } from 'vitest';
import { environmentOptions } from './docker-cli.ts';

test("a container's variables stay out of the command line, but for those that would change what the client itself does", () => {
  const ofTheClient = {
    PATH: '/app/bin',
    DOCKER_HOST: 'tcp://a',
    CONTAINER_HOST: 'tcp://b',
    XDG_RUNTIME_DIR: '/run',
    SSL_CERT_FILE: '/app/ca.pem',
    ALL_PROXY: 'http://proxy',
  };
  const { args, env } = environmentOptions({ ...ofTheClient, PASSWORD: 'correct horse' });
  expect(env).toEqual({ PASSWORD: 'correct horse' });
  expect(args.filter((arg) => arg !== '--env')).toEqual([
    ...Object.entries(ofTheClient).map(([name, value]) => `${name}=${value}`),
    'PASSWORD',
  ]);
});
