import { setTimeout as delay } from 'node:timers/promises';
import type { EdgeRevision } from '../edge/edge-state.ts';
import type { HostInstance, InstanceSpec } from '../host/host.ts';
import type { TargetDeployment } from '../target.ts';
import { DefiniteFailure, lastLines } from './act-failure.ts';
import { type Acting, componentsOf, envOf, type NamedComponent, openEndpoints } from './acting.ts';
import { takeAway } from './take-away.ts';

/** Ends in a row after which an instance that was never ready won't be. */
const mostFailures = 3;
const lookMs = 100;

/**
 * Starts the revision beside what runs, and makes it known to the edge as the one under test. Returns when all instances are ready.
 * @throws DefiniteFailure when they don't become ready; nothing of the revision is left then
 */
export async function place(acting: Acting, deployment: TargetDeployment): Promise<void> {
  const { host, edge, records } = acting;
  const { revision } = deployment;
  const components = componentsOf(acting, deployment, 'service', 'worker');
  const specs = components.flatMap((component) => instancesOf(acting, deployment, component));
  records.write({
    revision,
    components: Object.fromEntries(
      components.map(({ name, artifact, options }) => [
        name,
        { digest: artifact.digest, wanted: options.instances },
      ]),
    ),
  });
  for (const spec of specs) await host.ensureInstance(spec);
  const trouble = await waitUntilReady(acting, specs);
  if (trouble !== null) {
    const output = lastLines(await host.output('instance', trouble.id));
    await takeAway(acting, revision, { drain: false });
    throw new DefiniteFailure(`${trouble.id} did not become ready: ${trouble.reason}${output}`);
  }
  await openEndpoints(acting);
  await edge.putRevision(revision, routesOf(components, specs, await host.instances()));
  await edge.putTest(revision);
}

function instancesOf(
  acting: Acting,
  deployment: TargetDeployment,
  component: NamedComponent,
): InstanceSpec[] {
  const { name, role, artifact, options } = component;
  if (role === 'migration') return [];
  const { revision } = deployment;
  return Array.from({ length: options.instances }, (_, index) => ({
    id: `${revision}.${name}.${index + 1}`,
    revision,
    component: name,
    role,
    artifact,
    options,
    env: envOf(acting, deployment, component),
  }));
}

/** Null once all are ready; else the one that isn't, and why. */
async function waitUntilReady(
  { host, signal }: Acting,
  specs: readonly InstanceSpec[],
): Promise<{ id: string; reason: string } | null> {
  const startedAt = Date.now();
  for (;;) {
    const found = new Map((await host.instances()).map((instance) => [instance.id, instance]));
    const waiting = specs.filter(({ id }) => !found.get(id)?.isReady);
    if (waiting.length === 0) return null;
    for (const { id, options } of waiting) {
      const instance = found.get(id);
      const trouble = instance?.trouble ?? 'it is not ready';
      if ((instance?.failures ?? 0) >= mostFailures) return { id, reason: trouble };
      if (Date.now() - startedAt >= options.readyTimeoutMs) {
        return { id, reason: `${trouble} after ${options.readyTimeoutMs} ms` };
      }
    }
    await delay(lookMs, undefined, { signal });
  }
}

function routesOf(
  components: readonly NamedComponent[],
  specs: readonly InstanceSpec[],
  instances: readonly HostInstance[],
): EdgeRevision {
  const services = components.filter(({ role }) => role === 'service');
  return {
    routes: services.map(({ name, options }) => ({
      path: options.path,
      check: options.ready,
      checkEveryMs: options.checkEveryMs,
      instances: instances.flatMap(({ id, component, address }) =>
        component === name && address !== null && specs.some((spec) => spec.id === id) ? [address] : [],
      ),
    })),
  };
}
