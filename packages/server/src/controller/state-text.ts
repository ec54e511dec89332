import type { RunNode, RunState } from '@slipway/workflow/run';

const texts = new WeakMap<RunNode, string>();

/**
 * The JSON of a run's state. States share the nodes that a transition has not changed, and nodes are never written to: only new ones are
 * turned into text, or each job of a large run would cost as much as all of its jobs.
 */
export function stateText({ nodes, ...rest }: RunState): string {
  return `${JSON.stringify(rest).slice(0, -1)},"nodes":[${nodes.map(nodeText).join(',')}]}`;
}

function nodeText(node: RunNode): string {
  const known = texts.get(node);
  if (known !== undefined) return known;
  const text = JSON.stringify(node);
  texts.set(node, text);
  return text;
}
