import type { ActTask, PendingMigration } from '@slipway/delivery';
import type { ActOutcome, RunningState, Target, TargetAct } from '@slipway/targets';

/** How an act of a task fares the nth time that it is begun anew, from 0. */
export type Fate = (
  task: ActTask,
  attempt: number,
) => 'ok' | 'transient' | 'definite' | 'hung' | 'unreachable';

export interface RememberingTarget extends Target {
  /** What was done, in order, e.g. `shift 10`. */
  deeds: string[];
  /** Weight of the newest revision. */
  weight: number;
  /** What runs, by revision. */
  placed: Set<string>;
  fate: Fate;
  /** Weight that comes into force when one is asked for. */
  inForce: (weight: number) => number;
  migrations: PendingMigration[];
  /** Called when an act is begun, before it is done. */
  onBegin: (act: TargetAct) => void;
}

/** A target that does what it is told in memory and remembers tokens for as long as it lives, whatever becomes of its controllers. */
export function rememberingTarget(): RememberingTarget {
  const outcomes = new Map<string, ActOutcome>();
  const attempts = new Map<string, number>();
  let serving: string | null = null;
  const target: RememberingTarget = {
    kind: 'process',
    deeds: [],
    weight: 0,
    placed: new Set(),
    fate: () => 'ok',
    inForce: (weight) => weight,
    migrations: [],
    onBegin: () => {},
    async begin(act) {
      target.onBegin(act);
      const { token, task } = act;
      if (outcomes.has(token)) return;
      const attempt = attempts.get(task.kind) ?? 0;
      const fate = target.fate(task, attempt);
      if (fate === 'unreachable') {
        attempts.set(task.kind, attempt + 1);
        throw new Error('the target is down');
      }
      attempts.set(task.kind, attempt + 1);
      if (fate === 'hung') outcomes.set(token, { kind: 'running' });
      else if (fate === 'ok') outcomes.set(token, perform(act));
      else outcomes.set(token, { kind: 'failed', fault: fate, reason: `${task.kind} ${fate}` });
    },
    inspect: async (token) => outcomes.get(token) ?? { kind: 'unknown' },
    async settled(token, timeoutMs) {
      const outcome = outcomes.get(token) ?? { kind: 'unknown' as const };
      if (outcome.kind === 'running')
        await new Promise((resolve) => setTimeout(resolve, Math.min(20, timeoutMs)));
      return outcomes.get(token) ?? { kind: 'unknown' };
    },
    mistakesIn: () => [],
    observe: async (): Promise<RunningState> => ({
      revisions: [...target.placed].toSorted().map((revision) => ({
        revision,
        weight: revision === serving ? 100 : 0,
        components: {},
      })),
      testTraffic: null,
    }),
    pendingMigrations: async () => ({ kind: 'known', migrations: target.migrations }),
    endpoints: async () => ({
      production: 'http://127.0.0.1:1',
      testTraffic: 'http://127.0.0.1:2',
      metrics: 'http://127.0.0.1:3',
    }),
    output: async () => null,
    close: async () => {},
    tearDown: async () => {},
  };
  return target;

  function perform({ task, deployment }: TargetAct): ActOutcome {
    target.deeds.push('weight' in task ? `${task.kind} ${task.weight}` : task.kind);
    switch (task.kind) {
      case 'migrate':
        target.migrations = [];
        break;
      case 'place':
        target.placed.add(deployment.revision);
        break;
      case 'shift':
        target.weight = target.inForce(task.weight);
        if (target.weight === 100) serving = deployment.revision;
        else if (target.weight === 0) serving = deployment.previous;
        break;
      case 'verify':
        return { kind: 'succeeded', weight: target.weight };
      case 'retire':
        if (deployment.previous !== null) target.placed.delete(deployment.previous);
        break;
      case 'remove':
        target.placed.delete(deployment.revision);
        break;
      default:
        break;
    }
    return { kind: 'succeeded' };
  }
}
