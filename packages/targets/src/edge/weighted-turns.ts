/** Who is next, so that each gets its share exactly and evenly spread: of 10 % every tenth, and never two in a row. */
export interface WeightedTurns {
  /** null: nobody has a share. */
  next(): string | null;
}

/**
 * Smooth weighted round robin: each turn everybody gains its weight, the richest goes, and pays the sum. After as many turns as the
 * sum of the weights everybody has gone exactly its weight's number of times.
 * @see https://github.com/nginx/nginx/blob/master/src/http/ngx_http_upstream_round_robin.c (ngx_http_upstream_get_peer)
 */
export function createWeightedTurns(weights: Readonly<Record<string, number>>): WeightedTurns {
  const entrants = Object.entries(weights)
    .filter(([, weight]) => weight > 0)
    .map(([name, weight]) => ({ name, weight, credit: 0 }));
  const sum = entrants.reduce((total, { weight }) => total + weight, 0);
  const only = entrants.length === 1 ? (entrants[0]?.name ?? null) : null;
  if (entrants.length < 2) return { next: () => only };
  return {
    next() {
      let best = entrants[0]!;
      for (const entrant of entrants) {
        entrant.credit += entrant.weight;
        if (entrant.credit > best.credit) best = entrant;
      }
      best.credit -= sum;
      return best.name;
    },
  };
}
