import type { Action } from '../../model/action.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Step, Workflow } from '../../model/workflow.ts';
import { convertAction } from '../../reader/convert/action.ts';
import { convertWorkflow } from '../../reader/convert/workflow.ts';
import { collectFindings } from '../../reader/findings.ts';
import { actionKind } from '../../reader/read-action.ts';
import { type OpenDocument, readDocument } from '../../reader/read-document.ts';
import { workflowKind } from '../../reader/read-workflow.ts';
import { placeAt } from '../../reader/schema/definition-paths.ts';
import type { LintFile } from './lint-file.ts';
import { locateExpressions } from './located-expression.ts';
import { scalarPlaces } from './scalar-places.ts';
import { listScripts } from './script.ts';

export interface OpenedFile {
  /** Undefined if the text is no YAML document at all, or says nothing that can be judged. */
  file: LintFile | undefined;
  /** What the reader says. */
  diagnostics: Diagnostic[];
}

export interface FileText {
  path: string;
  content: string;
}

/** Reads a file for the rules; what they may ask of the world around it is given later. */
export function openFile(kind: 'workflow' | 'action', text: FileText): OpenedFile {
  const findings = collectFindings(text.path);
  const documentKind = kind === 'action' ? actionKind() : workflowKind();
  const document = readDocument({ ...text, findings, kind: documentKind });
  const model = document && (kind === 'action' ? modelOfAction : modelOfWorkflow)(document, text.path);
  if (!document || !model) return { file: undefined, diagnostics: findings.list() };
  const scalars = scalarPlaces(document);
  const file: LintFile = {
    ...model,
    path: text.path,
    lines: text.content.split(/\r?\n/),
    root: document.root,
    expressions: locateExpressions(document),
    scripts: listScripts(model.workflow, scalars),
    scalars,
    schemaAt: (place) => placeAt(documentKind.schema, documentKind.root, place),
  };
  return { file, diagnostics: findings.list() };
}

type Model = Pick<LintFile, 'workflow' | 'manifest'>;

function modelOfWorkflow(document: OpenDocument, path: string): Model | undefined {
  const workflow = convertWorkflow(document.conversion, path, document.root);
  return workflow && { workflow };
}

function modelOfAction(document: OpenDocument, path: string): Model | undefined {
  const manifest = convertAction(document.conversion, document.root);
  return manifest && { manifest, workflow: asWorkflow(path, stepsOf(manifest)) };
}

function stepsOf({ runs }: Action): Step[] {
  return runs.kind === 'composite' ? runs.steps : [];
}

function asWorkflow(path: string, steps: Step[]): Workflow {
  const at = { line: 1, column: 1 };
  const always = { kind: 'expression' as const, source: 'always()', at };
  const runsOn = { kind: 'sequence' as const, items: [], at };
  return { path, on: {}, jobs: [{ kind: 'job', id: 'runs', at, needs: [], if: always, runsOn, steps }] };
}
