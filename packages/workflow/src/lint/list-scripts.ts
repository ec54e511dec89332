import { type FileText, openActionFile, openWorkflowFile } from './file/open-file.ts';
import type { LintScript } from './file/script.ts';

/** The scripts of a workflow or action file, for shellcheck, whose answer comes back as `scriptFindings`. */
export function listLintScripts(kind: 'workflow' | 'action', text: FileText): readonly LintScript[] {
  const { file } = kind === 'action' ? openActionFile(text, {}) : openWorkflowFile(text, {});
  return file?.scripts ?? [];
}
