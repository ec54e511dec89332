import { instancesFor, instancesOf as wholeOf } from '@slipway/delivery';
import type { HostInstance, InstanceSpec } from '../host/host.ts';
import type { TargetDeployment } from '../target.ts';
import { DefiniteFailure, lastLines } from './act-failure.ts';
import { type Acting, componentsOf } from './acting.ts';
import { instancesOf, routesOf, runUntilReady } from './instances.ts';
import type { RevisionRecord } from './revision-records.ts';

/**
 * Brings the revision before this one to a part of its instances. Those that are missing are started, and get requests when they are
 * ready; those that are over get no more, what is under way there is waited for, and then they end: the ones that aren't ready first.
 * @throws DefiniteFailure when one that is to come back doesn't become ready, or when it has been scaled otherwise since this act was begun
 */
export async function scale(
  acting: Acting,
  { previous, limits }: TargetDeployment,
  { token, percent }: { token: string; percent: number },
): Promise<void> {
  const { host, edge, options } = acting;
  const record = acting.records.list().find(({ revision }) => revision === previous);
  // Placed by an earlier version, which did not keep how: its instances can't be started again, so all of them stay until it retires.
  if (!record?.deployment) return;
  const { revision, deployment } = record;
  const isLatest = claim(acting, record, { token, percent });
  const running = (await host.instances()).filter((instance) => instance.revision === revision);
  const components = componentsOf(acting, deployment, 'service', 'worker');
  const whole = instancesOf(acting, deployment);
  const kept = components.flatMap(({ name, options: { instances } }) =>
    choose(
      whole.filter(({ component }) => component === name),
      running,
      instancesFor(percent, instances),
    ),
  );
  const trouble = await runUntilReady(acting, await comingBack(acting, { revision, kept, running }), {
    limitMs: limits.progressDeadlineMs,
  });
  if (trouble !== null) {
    const output = lastLines(await host.output('instance', trouble.id));
    throw new DefiniteFailure(`${trouble.id} did not come back: ${trouble.reason}${output}`);
  }
  isLatest();
  await edge.putRevision(revision, await routesOf(acting, components, kept));
  const over = running.filter(({ id }) => !kept.some((spec) => spec.id === id));
  const addresses = over.flatMap(({ address }) => (address ? [addressText(address)] : []));
  if (addresses.length > 0) await edge.drained(revision, options.drainMs, addresses);
  isLatest();
  await Promise.all(over.map(({ id }) => host.removeInstance(id)));
}

/**
 * Writes what is wanted now. An act that is done again after a crash must not undo one that was begun after it, so the tokens are kept in
 * their order.
 * @returns what throws as soon as another one has been begun
 */
function claim(
  { records }: Acting,
  record: RevisionRecord,
  { token, percent }: { token: string; percent: number },
): () => void {
  const isLatest = () => {
    const found = records.list().find(({ revision }) => revision === record.revision);
    if (found?.scalings?.at(-1) !== token) throw new DefiniteFailure('it has been scaled otherwise since');
  };
  const { scalings = [], deployment } = record;
  if (scalings.includes(token)) isLatest();
  else {
    const components = Object.entries(record.components).map(([name, one]) => {
      const whole = deployment?.placement.components[name];
      return [name, whole ? { ...one, wanted: instancesFor(percent, wholeOf(whole)) } : one] as const;
    });
    records.write({
      ...record,
      components: Object.fromEntries(components),
      scalings: [...scalings, token],
    });
  }
  return isLatest;
}

/**
 * What must be well before it gets requests: what doesn't run, and what an earlier try has started. One that has requests already and is
 * sick is its supervisor's affair, and must not keep the way back.
 */
async function comingBack(
  { edge }: Acting,
  { revision, kept, running }: { revision: string; kept: InstanceSpec[]; running: HostInstance[] },
): Promise<InstanceSpec[]> {
  const routed = ((await edge.report()).revisions[revision]?.instances ?? []).flatMap((one) =>
    one.isLeaving ? [] : one.address,
  );
  return kept.filter(({ id }) => {
    const instance = running.find((one) => one.id === id);
    if (!instance) return true;
    const { address } = instance;
    return address !== null && !routed.includes(addressText(address));
  });
}

function addressText({ host, port }: NonNullable<HostInstance['address']>): string {
  return `${host}:${port}`;
}

/** Those that stay or come: what is ready before what isn't, and what runs before what doesn't. */
function choose(
  specs: readonly InstanceSpec[],
  running: readonly HostInstance[],
  count: number,
): InstanceSpec[] {
  const worth = ({ id }: InstanceSpec) => {
    const instance = running.find((one) => one.id === id);
    return instance === undefined ? 0 : instance.isReady ? 2 : 1;
  };
  return specs.toSorted((a, b) => worth(b) - worth(a)).slice(0, count);
}
