import { scopeAt } from '../draft.ts';
import { foretell } from './oracle.ts';
import type { Simulation } from './simulate.ts';

/** @throws if a simulation did not end as the oracle says it must have. */
export function compare({ event, states, records }: Simulation): void {
  const { oracle, runs } = foretell(event, records);
  const found = new Map<string, unknown>();
  for (const [run, state] of states.entries()) {
    const root = scopeAt(state, 0).state;
    demandEqual(`run ${run}`, root.kind === 'concluded' ? root.conclusion : root.kind, runs[run]);
    for (const node of state.nodes) {
      if (node.kind === 'scope' || node.state.kind !== 'concluded') continue;
      const name = `${run} ${node.kind} ${node.key}`;
      found.set(name, node.kind === 'job' ? pick(node.state.fact) : { conclusion: node.state.conclusion });
    }
  }
  for (const [name, expectation] of oracle.expected) {
    const isJob = name.includes(' job ');
    demandEqual(name, found.get(name), isJob ? pick(expectation) : { conclusion: expectation.conclusion });
    found.delete(name);
  }
  demandEqual('what is there besides', [...found.keys()], []);
}

function pick({ conclusion, outputs }: { conclusion: string; outputs: Record<string, string> }): unknown {
  return { conclusion, outputs: Object.fromEntries(Object.entries(outputs).sort()) };
}

function demandEqual(what: string, found: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(found), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${what}: the machine says ${left}, the oracle ${right}.`);
}
