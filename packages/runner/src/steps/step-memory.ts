import type { ActionStep, ExpressionTemplate, Value } from '@slipway/workflow';
import type { ResolvedAction } from '../actions/action-store.ts';

/** What the stages of one step (pre, main, post) hand on to each other. */
export interface StepMemory {
  /** Saved by GITHUB_STATE or save-state, seen as STATE_*. */
  readonly state: Map<string, string>;
  /** The action, once it was looked up. */
  resolved?: ResolvedAction;
  /** Its post stage is in the list of its scope. */
  postIsDue: boolean;
  /** Of a composite action: what its own steps have. */
  readonly inner: ScopeMemory;
}

/** What a list of steps keeps through all stages: the job's, or those of a composite action. */
export interface ScopeMemory {
  /** The `steps` context. */
  readonly steps: { [id: string]: Value };
  /** Post stages that are due; the last one registered runs first. */
  readonly posts: DuePost[];
  /** By the step's place in the list. */
  readonly ofStep: Map<number, StepMemory>;
}

export interface DuePost {
  step: ActionStep;
  memory: StepMemory;
  condition: ExpressionTemplate;
  /** Of the step, for people. */
  title: string;
}

export function createScopeMemory(): ScopeMemory {
  return { steps: {}, posts: [], ofStep: new Map() };
}

export function memoryOf(scope: ScopeMemory, place: number): StepMemory {
  let memory = scope.ofStep.get(place);
  if (memory === undefined) {
    memory = { state: new Map(), postIsDue: false, inner: createScopeMemory() };
    scope.ofStep.set(place, memory);
  }
  return memory;
}
