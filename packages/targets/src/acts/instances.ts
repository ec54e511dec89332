import { setTimeout as delay } from 'node:timers/promises';
import type { EdgeRevision } from '../edge/edge-state.ts';
import type { InstanceSpec } from '../host/host.ts';
import type { TargetDeployment } from '../target.ts';
import { type Acting, componentsOf, envOf, type NamedComponent } from './acting.ts';

/** Ends in a row after which an instance that was never ready won't be. */
const mostFailures = 3;
const lookMs = 100;

/** All instances of a deployment's components when it is whole, of each component in the order of their numbers. */
export function instancesOf(acting: Acting, deployment: TargetDeployment): InstanceSpec[] {
  const { revision } = deployment;
  return componentsOf(acting, deployment, 'service', 'worker').flatMap((component) => {
    const { name, role, artifact, options } = component;
    if (role === 'migration') return [];
    return Array.from({ length: options.instances }, (_, index) => ({
      id: `${revision}.${name}.${index + 1}`,
      revision,
      component: name,
      role,
      artifact,
      options,
      env: envOf(acting, deployment, component),
    }));
  });
}

export interface Waiting {
  /** Of the step: nothing is waited for longer, whatever its own time-out is. */
  limitMs: number;
  /** Whether somebody wants them away by now; default: nobody does. */
  isCalledOff?: () => boolean;
}

/** Starts what doesn't run. @returns null once all are ready; else the one that isn't, and why */
export async function runUntilReady(
  { host, signal }: Acting,
  specs: readonly InstanceSpec[],
  { limitMs, isCalledOff = () => false }: Waiting,
): Promise<{ id: string; reason: string } | null> {
  const startedAt = Date.now();
  for (;;) {
    const [first] = specs;
    if (first && isCalledOff()) return { id: first.id, reason: 'it was taken away meanwhile' };
    let found = await instancesById(host);
    for (const spec of specs) if (!found.has(spec.id)) await host.ensureInstance(spec);
    found = await instancesById(host);
    const waiting = specs.filter(({ id }) => !found.get(id)?.isReady);
    if (waiting.length === 0) return null;
    for (const { id, options } of waiting) {
      const instance = found.get(id);
      const trouble = instance?.trouble ?? 'it is not ready';
      if ((instance?.failures ?? 0) >= mostFailures) return { id, reason: trouble };
      const timeoutMs = Math.min(options.readyTimeoutMs, limitMs);
      if (Date.now() - startedAt >= timeoutMs) return { id, reason: `${trouble} after ${timeoutMs} ms` };
    }
    await delay(lookMs, undefined, { signal });
  }
}

/** Where the edge finds these instances, as they run now. */
export async function routesOf(
  { host }: Acting,
  components: readonly NamedComponent[],
  specs: readonly InstanceSpec[],
): Promise<EdgeRevision> {
  const found = await instancesById(host);
  const services = components.filter(({ role }) => role === 'service');
  return {
    routes: services.map(({ name, options }) => ({
      path: options.path,
      check: options.ready,
      checkEveryMs: options.checkEveryMs,
      instances: specs.flatMap(({ id, component }) =>
        component === name ? (found.get(id)?.address ?? []) : [],
      ),
    })),
  };
}

async function instancesById(host: Acting['host']) {
  return new Map((await host.instances()).map((instance) => [instance.id, instance]));
}
