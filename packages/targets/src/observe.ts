import type { Acting } from './acts/acting.ts';
import type { RunningComponent, RunningRevision, RunningState } from './target.ts';

/** Holds what should run beside what does. */
export async function observe({ edge, host, records }: Acting): Promise<RunningState> {
  const report = await edge.report();
  const instances = await host.instances();
  const placed = records.list();
  const names = new Set([
    ...placed.map(({ revision }) => revision),
    ...instances.map(({ revision }) => revision),
    ...Object.keys(report.revisions).filter((name) => report.revisions[name]!.weight > 0),
  ]);
  const revisions = [...names].sort().map((revision): RunningRevision => {
    const wanted = placed.find((record) => record.revision === revision)?.components ?? {};
    const running = instances.filter((instance) => instance.revision === revision);
    const components = new Set([...Object.keys(wanted), ...running.map(({ component }) => component)]);
    return {
      revision,
      weight: report.revisions[revision]?.weight ?? 0,
      components: Object.fromEntries(
        [...components].sort().map((name): [string, RunningComponent] => {
          const ones = running.filter(({ component }) => component === name);
          return [
            name,
            {
              digest: ones[0]?.digest ?? null,
              wanted: wanted[name]?.wanted ?? 0,
              ready: ones.filter(({ isReady }) => isReady).length,
              restarts: ones.reduce((sum, { restarts }) => sum + restarts, 0),
            },
          ];
        }),
      ),
    };
  });
  return { revisions, testTraffic: report.test };
}
