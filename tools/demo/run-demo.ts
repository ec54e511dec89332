import type { Pipeline, PipelineOptions } from './pipeline.ts';
import { changeToStaging, firstPush, loadTest, toProduction } from './stages.ts';
import { withPipeline } from './with-pipeline.ts';

/**
 * The pipeline of the Task Management System from push to production, three times: the first release, a good change that is shifted
 * gradually, and a bad one that is taken back by itself. Everything that it starts has ended when it resolves.
 */
export function runDemo(options: PipelineOptions & { signal: AbortSignal }): Promise<void> {
  return withPipeline(options, async (pipeline) => {
    await firstRelease(pipeline);
    await goodChange(pipeline);
    await badChange(pipeline);
    const { transcript, cli, project } = pipeline;
    transcript.begin('Figures');
    transcript.show(await cli.run(['deployments', '--project', project]));
    transcript.show(await cli.run(['dora', '--environment', 'production', '--project', project]));
  });
}

async function firstRelease(pipeline: Pipeline): Promise<void> {
  const { transcript } = pipeline;
  transcript.begin('The first release: CI, build, scan, staging, end-to-end tests');
  const sha = await firstPush(pipeline);
  transcript.begin('Load test on staging');
  await loadTest(pipeline);
  transcript.begin('Production for the first time');
  const { conclusion, deployment } = await toProduction(pipeline, await pipeline.releaseOf(sha));
  transcript.expect('production serves it', conclusion === 'success' && deployment.state === 'completed');
}

async function goodChange(pipeline: Pipeline): Promise<void> {
  const { transcript, repository } = pipeline;
  transcript.begin('A good change, by pull request');
  const page = repository
    .read('public/index.html')
    .replace('<title>Tasks</title>', '<title>Tasks</title>\n    <!-- a good change -->');
  const sha = await changeToStaging(pipeline, {
    branch: 'good-change',
    message: 'Note a good change in the page',
    files: { 'public/index.html': page },
  });
  transcript.begin('Production, 10 % at a time');
  const { conclusion, deployment, traffic } = await toProduction(pipeline, await pipeline.releaseOf(sha));
  transcript.expect('production serves it', conclusion === 'success' && deployment.state === 'completed');
  transcript.expect(
    'nobody noticed',
    traffic.requests > 0 && traffic.failed + traffic.lost === 0,
    `${traffic.requests} requests, ${traffic.failed} failed, ${traffic.lost} lost`,
  );
}

async function badChange(pipeline: Pipeline): Promise<void> {
  const { transcript, repository, urls } = pipeline;
  const before = await healthOf(urls.production);
  transcript.begin('A bad change, which only production shows, by pull request');
  // It is well as long as it is young: smoke tests on test traffic pass.
  const faults = 'FAULT_ERROR_RATE=0.2\nFAULT_AFTER_MS=45000\nFAULT_ENVIRONMENT=production\n';
  const sha = await changeToStaging(pipeline, {
    branch: 'bad-change',
    message: 'Make everything faster, surely',
    files: { 'release.env': repository.read('release.env') + faults },
  });
  transcript.begin('Production, and back');
  const { conclusion, deployment, traffic } = await toProduction(pipeline, await pipeline.releaseOf(sha));
  transcript.expect('the run failed', conclusion === 'failure');
  transcript.expect(
    'it was rolled back by itself, for what analysis or smoke test saw',
    deployment.state === 'rolled-back' && /^(analysis|smoke)/.test(deployment.cause?.kind ?? ''),
    deployment.cause?.reason,
  );
  const share = traffic.failed / Math.max(1, traffic.requests);
  transcript.expect(
    'few met it, and no request was lost',
    traffic.failed > 0 && share < 0.1 && traffic.lost === 0,
    `${traffic.failed} of ${traffic.requests} requests failed, ${traffic.lost} lost`,
  );
  const after = await healthOf(urls.production);
  transcript.expect(
    'production serves the release before it',
    after === before && after !== sha,
    after.slice(0, 12),
  );
}

/** The commit that serves. */
async function healthOf(url: string): Promise<string> {
  const response = await fetch(`${url}/health`);
  const { commit } = (await response.json()) as { commit: string };
  return commit;
}
