export type { ActionStore, ResolveContext, ResolvedAction } from './actions/action-store.ts';
export type {
  EditedStep,
  PauseDecision,
  PausedStep,
  StepFrame,
  StepGate,
  StepShell,
} from './debug/step-gate.ts';
export { createRunner, type JobExecution, type Runner } from './job/create-runner.ts';
export type { RunnerOptions } from './job/runner-options.ts';
export { endTracked } from './processes/tracking.ts';
export type {
  RunningService,
  ServiceContext,
  ServiceProvider,
  ServiceRequest,
} from './services/service-provider.ts';
