import { isEnded, type RolloutState } from '../rollout/rollout-state.ts';

/** A rollout of one environment, in the order in which they were requested. */
export interface Contender {
  id: string;
  /** Of the release's commit. */
  ordinal: number;
  haste: 'none' | 'urgent' | 'rollback';
  state: RolloutState;
}

export interface Turn {
  /** Gets `rollout.admitted`; null if none. */
  admitted: string | null;
  /** Get `rollout.superseded`; the machine of each decides whether it is too late for that. */
  superseded: { id: string; by: string }[];
  /** Late arrivals of older commits get `gates.refused`. */
  refused: { id: string; newer: string }[];
}

/**
 * One rollout has an environment at a time. Of those that wait the newest goes next, but going back goes before all; what is older is
 * superseded.
 */
export function assessTurn(contenders: readonly Contender[]): Turn {
  const open = contenders.filter(({ state }) => !isEnded(state));
  const active = open.find(({ state }) => state.kind !== 'queued');
  const queued = open.filter(({ state }) => state.kind === 'queued');
  const rollback = queued.findLast(({ haste }) => haste === 'rollback');
  const newest = rollback ?? queued.reduce<Contender | undefined>(newerOf, undefined);
  const refused = queued
    .filter(({ haste, ordinal }) => haste !== 'rollback' && active !== undefined && ordinal < active.ordinal)
    .map(({ id }) => ({ id, newer: active?.id ?? '' }));
  const isLate = (id: string) => refused.some((one) => one.id === id);
  if (!newest || isLate(newest.id)) return { admitted: null, superseded: [], refused };
  // Going back is given up only for another way back.
  const mayYield = active?.haste !== 'rollback' || rollback !== undefined;
  const superseded = [...(active && mayYield ? [active] : []), ...queued]
    .filter(({ id }) => id !== newest.id && !isLate(id))
    .map(({ id }) => ({ id, by: newest.id }));
  return { admitted: active ? null : newest.id, superseded, refused };
}

function newerOf(best: Contender | undefined, one: Contender): Contender {
  return best && best.ordinal > one.ordinal ? best : one;
}
