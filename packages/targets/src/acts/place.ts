import type { Instances } from '@slipway/delivery';
import type { TargetDeployment } from '../target.ts';
import { DefiniteFailure, lastLines } from './act-failure.ts';
import { type Acting, componentsOf, openEndpoints } from './acting.ts';
import { instancesOf, routesOf, runUntilReady } from './instances.ts';
import { takeAway } from './take-away.ts';

/**
 * Starts the revision beside what runs, all of it or as many instances as are told, and makes it known to the edge as the one under test.
 * Returns when all of them are ready. What runs of it already goes on.
 * @throws DefiniteFailure when they don't become ready, or the revision is taken away meanwhile; nothing of it is left then, unless it has
 * traffic already
 */
export async function place(
  acting: Acting,
  deployment: TargetDeployment,
  instances: Instances = {},
): Promise<void> {
  const { host, edge, records } = acting;
  const { revision } = deployment;
  const components = componentsOf(acting, deployment, 'service', 'worker');
  const wantedOf = ({ name, options }: (typeof components)[number]) =>
    Math.min(options.instances, instances[name] ?? options.instances);
  const whole = instancesOf(acting, deployment);
  const specs = components.flatMap((component) =>
    whole.filter((spec) => spec.component === component.name).slice(0, wantedOf(component)),
  );
  records.write({
    revision,
    components: Object.fromEntries(
      components.map((one) => [one.name, { digest: one.artifact.digest, wanted: wantedOf(one) }]),
    ),
    deployment,
  });
  const isCalledOff = () => !records.list().some((record) => record.revision === revision);
  const limitMs = deployment.limits.progressDeadlineMs;
  const trouble = await runUntilReady(acting, specs, { limitMs, isCalledOff });
  if (trouble !== null) {
    const output = lastLines(await host.output('instance', trouble.id));
    const weight = (await edge.report()).revisions[revision]?.weight ?? 0;
    if (weight === 0) await takeAway(acting, revision, { drain: false });
    throw new DefiniteFailure(`${trouble.id} did not become ready: ${trouble.reason}${output}`);
  }
  await openEndpoints(acting);
  await edge.putRevision(revision, await routesOf(acting, components, specs));
  await edge.putTest(revision);
  if (!isCalledOff()) return;
  await takeAway(acting, revision, { drain: false });
  throw new DefiniteFailure(`${revision} was taken away meanwhile`);
}
