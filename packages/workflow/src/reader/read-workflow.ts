import type { Read } from '../model/diagnostic.ts';
import type { Workflow } from '../model/workflow.ts';
import { convertWorkflow } from './convert/workflow.ts';
import { collectFindings, type Finding } from './findings.ts';
import type { ReaderLimits } from './limits.ts';
import { type DocumentKind, readDocument } from './read-document.ts';
import { workflowSchema } from './schema/workflow-schema.ts';

export interface ReadWorkflowOptions {
  /** As the user knows the file, relative to the repository; diagnostics and the model carry it. */
  path: string;
  content: string;
  /** Default: GitHub's. */
  limits?: Partial<ReaderLimits>;
}

/**
 * Reads a workflow file with GitHub's own parser, and checks what that parser leaves to GitHub's server. Reports every
 * error of the file. The result depends on path and content alone. Jobs that other files have to have are another
 * question (`assessNeeds`), called workflows too (`assessReusableWorkflows`).
 * @see actions/languageservices, workflow-parser; actions/runner, src/Sdk/WorkflowParser
 */
export function readWorkflow({ path, content, limits }: ReadWorkflowOptions): Read<Workflow> {
  const findings = collectFindings(path);
  const document = readDocument({
    path,
    content,
    findings,
    kind: workflowKind(),
    ...(limits ? { limits } : {}),
  });
  const value = document && convertWorkflow(document.conversion, path, document.root);
  return { value: findings.hasErrors() ? undefined : value, diagnostics: findings.list() };
}

export function workflowKind(): DocumentKind {
  return { file: 'workflow', schema: workflowSchema(), root: 'workflow-root-strict', review };
}

/** The parser's schema is stricter here than GitHub's server: an input of `workflow_dispatch` may say nothing. */
function review(finding: Finding, path: (string | number)[]): Finding | undefined {
  const isDispatchInput = path.join('.').startsWith('on.workflow_dispatch.inputs') && path.length <= 4;
  if (isDispatchInput && finding.code === 'invalid-value' && finding.message.endsWith('is empty.'))
    return undefined;
  return finding;
}
