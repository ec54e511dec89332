import type { Template } from '../../model/template.ts';
import type { Findings } from '../findings.ts';
import { childOf, hasExpression, namedEntries } from './access.ts';

/**
 * Checks the images of a job's `container:` and `services:` where no expression decides about them. Empty text has been
 * refused by the schema where it cannot be.
 * @see actions/runner, WorkflowTemplateConverter.cs, ConvertToJobContainer
 */
export function checkContainers(findings: Findings, container?: Template, services?: Template): void {
  if (container && !hasExpression(container)) {
    const image = imageOf(container);
    if (image === 'docker://' || (image === undefined && container.kind === 'mapping'))
      reportEmpty(findings, container);
  }
  if (!services || hasExpression(services)) return;
  for (const { value } of namedEntries(services)) {
    const image = imageOf(value);
    if (image === undefined || image === 'docker://') reportEmpty(findings, value);
  }
}

function imageOf(container: Template): string | undefined {
  const image = container.kind === 'mapping' ? childOf(container, 'image') : container;
  return image?.kind === 'literal' && image.value !== null ? String(image.value) : undefined;
}

function reportEmpty(findings: Findings, container: Template): void {
  findings.add({
    at: container.at,
    code: 'empty-image',
    message: 'The container has no image.',
    mend: 'Add `image:` with the name of an image.',
  });
}
