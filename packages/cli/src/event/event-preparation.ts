import type { Diagnostic, Value, Workflow } from '@slipway/workflow';
import type { LoadWorkflow } from '@slipway/workflow/plan';
import type { EventFacts, RepositoryFacts } from '@slipway/workflow/triggers';
import type { Mistake } from '../command-line/command.ts';

/** An event that is about to happen, and what it starts. Nothing has run. */
export interface PreparedEvent {
  root: string;
  /** All that were read. */
  workflows: Workflow[];
  event: EventFacts;
  /** What the event was made from. */
  facts: RepositoryFacts;
  /** The `github` context, as far as all runs share it. */
  github: Record<string, Value>;
  started: StartedWorkflow[];
  notStarted: NotStartedWorkflow[];
  /** Finds called workflows; all of them are read. */
  load: LoadWorkflow;
}

export interface StartedWorkflow {
  workflow: Workflow;
  /** The `inputs` context of workflow_dispatch. */
  inputs: Record<string, Value>;
}

export interface NotStartedWorkflow {
  workflow: Workflow;
  reason: string;
}

export type Preparation =
  | { kind: 'prepared'; prepared: PreparedEvent }
  /** At least one mistake, or one diagnostic that is an error. */
  | { kind: 'refused'; mistakes: Mistake[]; diagnostics: Diagnostic[] };

export function refused(mistakes: Mistake[], diagnostics: Diagnostic[] = []): Preparation {
  return { kind: 'refused', mistakes, diagnostics: diagnostics.filter(isError) };
}

export function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}
