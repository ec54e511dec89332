import type { Template } from '../../model/template.ts';
import type { Findings } from '../findings.ts';
import { placeWords } from '../schema/place-words.ts';
import { childOf, hasExpression, namedEntries } from './access.ts';

/**
 * Checks the images of a job's `container:` and `services:` where no expression decides about them. Empty text has been
 * refused by the schema where it cannot be.
 * @see actions/runner, WorkflowTemplateConverter.cs, ConvertToJobContainer
 */
export function checkContainers(findings: Findings, job: string, value: Template): void {
  const container = childOf(value, 'container');
  const services = childOf(value, 'services');
  if (container && !hasExpression(container)) {
    const image = imageOf(container);
    if (image === 'docker://' || (image === undefined && container.kind === 'mapping'))
      reportEmpty(findings, container, ['jobs', job, 'container']);
  }
  if (!services || hasExpression(services)) return;
  for (const { name, value: service } of namedEntries(services)) {
    const image = imageOf(service);
    if (image === undefined || image === 'docker://')
      reportEmpty(findings, service, ['jobs', job, 'services', name]);
  }
}

function imageOf(container: Template): string | undefined {
  const image = container.kind === 'mapping' ? childOf(container, 'image') : container;
  return image?.kind === 'literal' && image.value !== null ? String(image.value) : undefined;
}

function reportEmpty(findings: Findings, container: Template, path: string[]): void {
  findings.add({
    at: container.at,
    code: 'empty-image',
    message: 'The container has no image.',
    mend: 'Add `image:` with the name of an image.',
    lacks: { owner: placeWords(path, 'workflow'), keys: ['image'] },
  });
}
