import type { ActOutcome, Target, TargetAct } from '@slipway/targets';

export interface Meddling {
  /** Changes what the target is told to do: what a balancer or a host would do wrong. */
  meddle?: (act: TargetAct) => TargetAct;
  /** Changes what the target says of an act. */
  distort?: (act: TargetAct, outcome: ActOutcome) => ActOutcome;
}

/** The same target, with what goes wrong around it. */
export function meddled(target: Target, { meddle, distort }: Meddling): Target {
  if (!meddle && !distort) return target;
  const acts = new Map<string, TargetAct>();
  const seen = (token: string, outcome: ActOutcome): ActOutcome => {
    const act = acts.get(token);
    return act && distort ? distort(act, outcome) : outcome;
  };
  return {
    ...target,
    begin(act) {
      acts.set(act.token, act);
      return target.begin(meddle ? meddle(act) : act);
    },
    inspect: async (token) => seen(token, await target.inspect(token)),
    settled: async (token, timeoutMs) => seen(token, await target.settled(token, timeoutMs)),
  };
}
