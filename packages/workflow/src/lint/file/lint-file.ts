import type { Action } from '../../model/action.ts';
import type { Diagnostic, Read } from '../../model/diagnostic.ts';
import type { Template } from '../../model/template.ts';
import type { Workflow } from '../../model/workflow.ts';
import { convertWorkflow } from '../../reader/convert/workflow.ts';
import { collectFindings } from '../../reader/findings.ts';
import { readDocument } from '../../reader/read-document.ts';
import { workflowKind } from '../../reader/read-workflow.ts';
import { type NodePath, placeAt, type SchemaPlace } from '../../reader/schema/definition-paths.ts';
import { type LocatedExpression, locateExpressions } from './located-expression.ts';
import { type ScalarPlaces, scalarPlaces } from './scalar-places.ts';
import { type LintScript, listScripts } from './script.ts';

/** What the linter may ask about the world around a file; whatever is absent is not judged. */
export interface Surroundings {
  /** The manifest of a local or fetched action; undefined: not known. */
  action?(uses: string): Read<Action> | 'missing' | undefined;
  /** A called workflow that was read without errors, `caller` being the file that calls it; undefined: not known. */
  called?(uses: string, caller: Workflow): Workflow | 'missing' | undefined;
  /** The commit that a tag or branch of an action means now, and the version to write beside it. */
  pin?(uses: string): { sha: string; version?: string } | undefined;
  /** Other workflows of the repository: their jobs may be needed. */
  siblings?: readonly Workflow[];
  /** Labels of the team's own runners. */
  runnerLabels?: readonly string[];
  /** What shellcheck says of the file's scripts (see `listLintScripts`). */
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

/** A workflow file as rules look at it; what cannot be read is absent from the model, and reported by the reader. */
export interface LintFile extends Surroundings {
  path: string;
  lines: readonly string[];
  workflow: Workflow;
  root: Template;
  expressions: readonly LocatedExpression[];
  scripts: readonly LintScript[];
  scalars: ScalarPlaces;
  /** What GitHub's schema lets stand at a path. */
  schemaAt(path: NodePath): SchemaPlace;
}

export interface OpenedFile {
  /** Undefined if the text is no YAML document at all. */
  file: LintFile | undefined;
  /** What the reader says. */
  diagnostics: Diagnostic[];
}

export function openLintFile(path: string, content: string, surroundings: Surroundings): OpenedFile {
  const findings = collectFindings(path);
  const kind = workflowKind();
  const document = readDocument({ path, content, findings, kind });
  const workflow = document && convertWorkflow(document.conversion, path, document.root);
  if (!document || !workflow) return { file: undefined, diagnostics: findings.list() };
  const scalars = scalarPlaces(document);
  const file: LintFile = {
    ...surroundings,
    path,
    lines: content.split(/\r?\n/),
    workflow,
    root: document.root,
    expressions: locateExpressions(document),
    scripts: listScripts(workflow, scalars),
    scalars,
    schemaAt: (place) => placeAt(kind.schema, kind.root, place),
  };
  return { file, diagnostics: findings.list() };
}
