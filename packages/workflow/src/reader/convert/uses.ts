import type { Position } from '../../model/diagnostic.ts';
import type { Findings } from '../findings.ts';

/** Checks the `uses:` of a step; an empty one has been refused before. */
export function checkActionReference(findings: Findings, uses: string, at: Position): void {
  if (uses.startsWith('docker://')) {
    if (uses.length > 'docker://'.length && !uses.endsWith(':')) return;
    findings.add({
      at,
      code: 'invalid-uses',
      message: `\`${uses}\` names no image${uses.length > 'docker://'.length ? ' with a tag' : ''}.`,
      mend: 'Write the image after it: `docker://alpine:3.22`.',
    });
    return;
  }
  if (/^(?:\.[\\/]|\$\/)/.test(uses)) return;
  if (isRepositoryReference(uses)) return;
  findings.add({
    at,
    code: 'invalid-uses',
    message: `\`${uses}\` is not an action reference.`,
    mend:
      uses.includes('@') || !uses.includes('/')
        ? 'Write `owner/repository[/path]@ref`, `./path` or `docker://image`.'
        : `Add the version: \`${uses}@<commit sha or tag>\`; a folder of this repository begins with \`./\`.`,
  });
}

/**
 * Checks the `uses:` of a job. A bare word is left to whoever looks the workflow up: GitHub's parser takes it too, if it is
 * the literal of an expression.
 */
export function checkWorkflowReference(findings: Findings, uses: string, at: Position): void {
  if (/^\w+$/.test(uses)) return;
  const isLocal = uses.startsWith('./') || uses.startsWith('$/');
  const isFile = /\.ya?ml$/.test(isLocal ? uses : (uses.split('@')[0] ?? ''));
  if (isFile && (isLocal || isRepositoryReference(uses, 3))) return;
  findings.add({
    at,
    code: 'invalid-uses',
    message: `\`${uses}\` is not a reference to a workflow.`,
    mend: isLocal
      ? 'Name the file without a version: `./.github/workflows/name.yml`.'
      : 'Write `./.github/workflows/name.yml` or `owner/repository/.github/workflows/name.yml@ref`.',
  });
}

/** @see actions/runner, WorkflowTemplateConverter.cs, ConvertToStep */
function isRepositoryReference(uses: string, leastSegments = 2): boolean {
  const [path = '', ref = '', ...more] = uses.split('@');
  if (more.length > 0 || ref === '' || path.startsWith('/')) return false;
  return path.split(/[\\/]/).filter((segment) => segment !== '').length >= leastSegments;
}
