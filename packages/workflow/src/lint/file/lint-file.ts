import type { Action } from '../../model/action.ts';
import type { Read } from '../../model/diagnostic.ts';
import type { Template } from '../../model/template.ts';
import type { Workflow } from '../../model/workflow.ts';
import type { NodePath, SchemaPlace } from '../../reader/schema/definition-paths.ts';
import type { LocatedExpression } from './located-expression.ts';
import type { ScalarPlaces } from './scalar-places.ts';
import type { LintScript } from './script.ts';

/** What the linter may ask about the world around a file; whatever is absent is not judged. */
export interface Surroundings {
  /** The manifest of a local or fetched action; undefined: not known. */
  action?(uses: string): Read<Action> | 'missing' | undefined;
  /** A called workflow that was read without errors, `caller` being the file that calls it; undefined: not known. */
  called?(uses: string, caller: Workflow): Workflow | 'missing' | undefined;
  /** The commit that a tag or branch of an action means now, and the version to write beside it. */
  pin?(uses: string): { sha: string; version?: string } | undefined;
  /** Whether a lockfile says which commit an action's ref means: then it cannot move unnoticed. */
  isLocked?(uses: string): boolean;
  /** Why an action of another repository cannot be used; undefined: it can, or that is not known. */
  unavailable?(uses: string): { message: string; mend: string } | undefined;
  /** Other workflows of the repository: their jobs may be needed. */
  siblings?: readonly Workflow[];
  /** Labels of the team's own runners. */
  runnerLabels?: readonly string[];
  /** What shellcheck says of the file's scripts (see `OpenLint.scripts`). */
  scriptFindings?: readonly ScriptFinding[];
}

/** One finding of shellcheck; line and column are one-based within the script. */
export interface ScriptFinding {
  job: string;
  step: string;
  line: number;
  column: number;
  level: 'error' | 'warning' | 'info' | 'style';
  /** E.g. `SC2086`. */
  code: string;
  message: string;
}

/** A file as rules look at it; what cannot be read is absent from the model, and reported by the reader. */
export interface LintFile extends Surroundings {
  path: string;
  lines: readonly string[];
  /** Of an action: a workflow without triggers, in whose one job the steps of the action stand. */
  workflow: Workflow;
  /** Of an action only. */
  manifest?: Action;
  root: Template;
  expressions: readonly LocatedExpression[];
  scripts: readonly LintScript[];
  scalars: ScalarPlaces;
  /** What GitHub's schema lets stand at a path. */
  schemaAt(path: NodePath): SchemaPlace;
}
