import type { DeploymentDetail } from '@slipway/contracts/api/delivery';
import type { DeploymentPlan } from '@slipway/delivery';
import { expect } from 'vitest';
import type { DockerClient } from '../../packages/runner/src/docker/docker-client.ts';
import type { Images } from '../../tools/demo/images.ts';
import type { Pipeline } from '../../tools/demo/pipeline.ts';
import { firstPush, loadTest, toProduction } from '../../tools/demo/stages.ts';

/**
 * From the first push to production, which then runs as containers what the registry has under the release's tag; by its digests, which are
 * those that staging ran.
 */
export async function expectImagesInProduction(
  pipeline: Pipeline,
  { client, images }: { client: DockerClient; images: Images },
): Promise<void> {
  const { transcript, cli, project, urls } = pipeline;
  transcript.begin('The first release: CI, build, scan, staging, end-to-end tests');
  const sha = await firstPush(pipeline);
  transcript.begin('Load test on staging');
  await loadTest(pipeline);
  transcript.begin('Production for the first time');
  const release = await pipeline.releaseOf(sha);
  const { conclusion, deployment, traffic } = await toProduction(pipeline, release);
  expect({ conclusion, state: deployment.state }).toEqual({ conclusion: 'success', state: 'completed' });
  expect(traffic).toMatchObject({ failed: 0, lost: 0 });
  expect(traffic.requests).toBeGreaterThan(0);
  const [detail] = await cli.json<DeploymentDetail & { plan: DeploymentPlan }>([
    ...['deployments', String(deployment.id), '--project', project],
  ]);
  const planned = Object.fromEntries((detail?.plan.components ?? []).map(({ name, next }) => [name, next]));
  const pushed: Record<string, string | null> = {};
  for (const name of ['api', 'worker', 'migrations'])
    pushed[name] = await digestAt(images, { name, tag: release.tag });
  expect(planned).toEqual(pushed);
  const references = ['api', 'worker'].map(
    (name) => `${images.registry}/taskmanager-${name}@${pushed[name]}`,
  );
  // Of staging, and of production.
  expect((await runningImages(client, images)).sort()).toEqual([...references, ...references].sort());
  expect(await (await fetch(`${urls.production}/health`)).json()).toMatchObject({ commit: sha });
}

/** What the registry itself has under a tag. */
async function digestAt(
  { registry, account }: Images,
  { name, tag }: { name: string; tag: string },
): Promise<string | null> {
  const credentials = Buffer.from(`${account.username}:${account.password}`).toString('base64');
  const response = await fetch(`http://${registry}/v2/taskmanager-${name}/manifests/${tag}`, {
    method: 'HEAD',
    headers: {
      authorization: `Basic ${credentials}`,
      accept: [
        'application/vnd.docker.distribution.manifest.v2+json',
        'application/vnd.oci.image.manifest.v1+json',
        'application/vnd.oci.image.index.v1+json',
      ].join(','),
    },
  });
  return response.headers.get('docker-content-digest');
}

/** As their containers were told, by digest. */
async function runningImages(client: DockerClient, { label }: Images): Promise<string[]> {
  const own = ['--filter', `label=${label}`, '--filter', 'label=slipway.kind=instance'];
  const ids = (await client.run(['ps', '--quiet', ...own])).split('\n').filter(Boolean);
  const output = await client.run(['inspect', '--format', '{{.Config.Image}}', ...ids]);
  return output.split('\n');
}
