import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDigest } from '@slipway/delivery';
import type { DockerClient } from '../../packages/runner/src/docker/docker-client.ts';
import { answer, type TargetKind } from '../../packages/targets/fixtures/target-fixture.ts';
import { testImages } from './test-engine.ts';

/** A docker target's artifacts: images that the engine has built, by their ids. */
export function dockerKind(client: DockerClient): TargetKind {
  return {
    kind: 'docker',
    node: 'exec node',
    serviceOptions: { port: 8080 },
    async artifact(folder, files) {
      mkdirSync(folder, { recursive: true });
      cpSync(
        join(import.meta.dirname, '../../packages/targets/fixtures/service.mjs'),
        join(folder, 'service.mjs'),
      );
      for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
      writeFileSync(join(folder, 'Dockerfile'), `FROM ${testImages.node}\nWORKDIR /app\nCOPY . /app\n`);
      const digest = await client.run(['build', '--quiet', folder], { env: { DOCKER_BUILDKIT: '0' } });
      if (!isDigest(digest)) throw new Error(`no digest: ${digest}`);
      return { digest };
    },
    async fetchBundle() {
      throw new Error('images are no bundles');
    },
    async crash(url) {
      await answer(`${url}/crash`, 'POST').catch(() => undefined);
    },
    async suspend() {
      const ids = await client.run(['ps', '--quiet', '--filter', 'label=slipway.kind=instance']);
      await client.run(['pause', ids.split('\n')[0] ?? '']);
    },
  };
}
