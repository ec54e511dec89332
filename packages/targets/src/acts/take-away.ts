import type { Acting } from './acting.ts';

/**
 * Takes a revision away: no more requests, those under way are waited for, then its instances end. Does what is left to do of it if that
 * has been begun before.
 * @throws when it still has a share of the traffic
 */
export async function takeAway(
  { edge, host, records, options }: Acting,
  revision: string,
  { drain = true }: { drain?: boolean } = {},
): Promise<void> {
  const report = await edge.report();
  const weight = report.revisions[revision]?.weight ?? 0;
  if (weight > 0) throw new Error(`${revision} still has ${weight} % of the traffic`);
  // First, so that whoever is still placing it starts nothing any more.
  records.remove(revision);
  if (report.test === revision) await edge.putTest(null);
  if (drain) await edge.drained(revision, options.drainMs);
  if (report.revisions[revision]) await edge.removeRevision(revision);
  const instances = (await host.instances()).filter((instance) => instance.revision === revision);
  await Promise.all(instances.map(({ id }) => host.removeInstance(id)));
  const placed = records.list().flatMap(({ components }) => Object.values(components));
  await host.prune(new Set(placed.map(({ digest }) => digest)));
}
