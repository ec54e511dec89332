import { type Draft, jobAt, legAt, scopeAt } from './draft.ts';
import type { LegNode } from './run-state.ts';

/**
 * Why a leg can never get its concurrency groups: the run, or a call that it is part of, holds one of them until the
 * leg is concluded. undefined if it can.
 */
export function heldByEnclosing(draft: Draft, leg: LegNode): string | undefined {
  if (leg.plan.groups.length === 0) return undefined;
  const wanted = new Map(leg.plan.groups.map(({ group }) => [group.toLowerCase(), group]));
  const taken = ({ group }: { group: string }): boolean => wanted.has(group.toLowerCase());
  let scope = scopeAt(draft, jobAt(draft, leg.job).scope);
  while (scope.caller !== null) {
    const caller = legAt(draft, scope.caller);
    const held = caller.plan.groups.find(taken);
    if (held) return deadlock(held.group, caller.plan.name);
    scope = scopeAt(draft, jobAt(draft, caller.job).scope);
  }
  const held = draft.plan.groups.find(taken);
  return held && deadlock(held.group, 'the workflow');
}

function deadlock(group: string, holder: string): string {
  return `Its concurrency group '${group}' is held by ${holder}, which waits for this job: a deadlock.`;
}
