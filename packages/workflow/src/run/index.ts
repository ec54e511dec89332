export { type Conclusion, combine, type Lineage } from './conclusion.ts';
export {
  type ConcurrencyGroups,
  type GroupChange,
  type GroupEffect,
  holderBefore,
  leaveGroups,
  noGroups,
  requestGroups,
  resumeGroups,
} from './concurrency-groups.ts';
export { jobAt, legAt, scopeAt } from './draft.ts';
export { callerOf, idOfJob, nameOfJob, scopeContexts, situationOf } from './job-situation.ts';
export { requestForLeg } from './leg-request.ts';
export { actionsOf, nextActions, type RunAction } from './run-action.ts';
export type { RunMachineEvent } from './run-machine-event.ts';
export type * from './run-state.ts';
export { initialState, plannedJob } from './scope.ts';
export { jobsContext, type NeedOutcome, needsContext, outcomesOfNeeds, statusOf } from './status.ts';
export { type Transition, transition } from './transition.ts';
