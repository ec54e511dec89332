import type { Position } from './diagnostic.ts';
import type { ExpressionTemplate, MappingTemplate, Template } from './template.ts';
import type { Step } from './workflow.ts';

/**
 * An `action.yml` as typed data. Plain JSON (cached by content).
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
 */
export interface Action {
  name?: string;
  description?: string;
  inputs: Record<string, ActionInput>;
  /** `value` is present for composite actions only. */
  outputs: Record<string, { description?: string; value?: Template }>;
  runs: ActionRuns;
}

export interface ActionInput {
  description?: string;
  required: boolean;
  /** May hold expressions over the `github`, `runner`, … contexts. */
  default?: Template;
  deprecationMessage?: string;
}

export type ActionRuns = NodeActionRuns | CompositeActionRuns | DockerActionRuns;

export interface NodeActionRuns {
  kind: 'node';
  /** As written: `node12`, `node16`, `node20`, `node24`. */
  using: string;
  main: string;
  pre?: string;
  /** Default `always()`. */
  preIf: ExpressionTemplate;
  post?: string;
  /** Default `always()`. */
  postIf: ExpressionTemplate;
}

export interface CompositeActionRuns {
  kind: 'composite';
  steps: Step[];
}

export interface DockerActionRuns {
  kind: 'docker';
  /** `Dockerfile` (a path in the action) or `docker://image`. */
  image: string;
  entrypoint?: string;
  preEntrypoint?: string;
  preIf: ExpressionTemplate;
  postEntrypoint?: string;
  postIf: ExpressionTemplate;
  args: Template[];
  env?: MappingTemplate;
  at: Position;
}
