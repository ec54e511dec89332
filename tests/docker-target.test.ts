import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDigest } from '@slipway/delivery';
import { answer, type TargetKind } from '../packages/targets/fixtures/target-fixture.ts';
import { describeTarget } from '../packages/targets/src/target.contract.ts';
import { prepareTestEngine, testImages } from './docker-images.ts';

describeTarget('docker target', async (): Promise<TargetKind | { skip: string }> => {
  const engine = await prepareTestEngine();
  if (engine.kind === 'skip') return { skip: engine.reason };
  const { client } = engine;
  const containers = async () => {
    const ids = await client.run(['ps', '--quiet', '--filter', 'label=slipway.kind=instance']);
    return ids.split('\n').filter(Boolean);
  };
  return {
    kind: 'docker',
    node: 'exec node',
    serviceOptions: { port: 8080 },
    async artifact(folder, files) {
      mkdirSync(folder, { recursive: true });
      cpSync(
        join(import.meta.dirname, '../packages/targets/fixtures/service.mjs'),
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
      await answer(`${url}/crash`).catch(() => undefined);
    },
    async suspend() {
      const [first] = await containers();
      await client.run(['pause', first!]);
    },
  };
});
