import { getActionSchema } from '@actions/workflow-parser/actions/action-schema';
import type { Action } from '../model/action.ts';
import type { Read } from '../model/diagnostic.ts';
import { convertAction } from './convert/action.ts';
import { collectFindings, type Finding } from './findings.ts';
import type { ReaderLimits } from './limits.ts';
import { type DocumentKind, readDocument } from './read-document.ts';

export interface ReadActionOptions {
  /** Of the `action.yml`, as the user knows it; diagnostics carry it. */
  path: string;
  content: string;
  /** Default: GitHub's. */
  limits?: Partial<ReaderLimits>;
}

/**
 * Reads an action's manifest. What runners ignore (unknown keys at the top, a missing name, branding) is a warning, for
 * actions of others must run as they are; all else is an error.
 * @see actions/runner, src/Runner.Worker/ActionManifestManager.cs and action_yaml.json
 */
export function readAction({ path, content, limits }: ReadActionOptions): Read<Action> {
  const findings = collectFindings(path);
  const document = readDocument({
    path,
    content,
    findings,
    kind: actionKind(),
    ...(limits ? { limits } : {}),
  });
  const value = document && convertAction(document.conversion, document.root);
  return { value: findings.hasErrors() ? undefined : value, diagnostics: findings.list() };
}

export function actionKind(): DocumentKind {
  return { file: 'action', schema: getActionSchema(), root: 'action-root-strict', review };
}

/** Keys that only the marketplace and editors look at. */
const descriptive = new Set(['name', 'author', 'description', 'branding', 'required', 'deprecationMessage']);

function review(finding: Finding, path: (string | number)[]): Finding | undefined {
  const isTopKey = path.length === 1 && finding.code === 'unknown-key';
  const isMissingName =
    path.length === 0 && finding.code === 'missing-key' && !finding.message.includes('`runs`');
  const isDescriptive = descriptive.has(String(path[0])) || descriptive.has(String(path.at(-1)));
  if (isTopKey || isMissingName || isDescriptive) return { ...finding, severity: 'warning' };
  if (path.join('.') === 'runs.using' && finding.code === 'invalid-value')
    return { ...finding, code: 'unknown-runtime' };
  return finding;
}
