interface JobNode {
  id: string;
  needs: readonly string[];
}

/** Jobs in columns from left to right: each one column right of the last that it needs. Jobs that are not among them count for nothing. */
export function jobColumns<Job extends JobNode>(jobs: readonly Job[]): Job[][] {
  const byId = Map.groupBy(jobs, ({ id }) => id);
  const depths = new Map<string, number>();
  const depthOf = (id: string, path: ReadonlySet<string>): number => {
    const known = depths.get(id);
    if (known !== undefined) return known;
    const needs = (byId.get(id) ?? [])
      .flatMap((job) => job.needs)
      .filter((need) => byId.has(need) && !path.has(need));
    const inner = new Set([...path, id]);
    const depth = needs.reduce((deepest, need) => Math.max(deepest, depthOf(need, inner) + 1), 0);
    depths.set(id, depth);
    return depth;
  };
  const columns = Map.groupBy(jobs, (job) => depthOf(job.id, new Set()));
  return [...columns.entries()].toSorted(([a], [b]) => a - b).map(([, column]) => column);
}
