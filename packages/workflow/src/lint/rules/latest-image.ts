import type { Position } from '../../model/diagnostic.ts';
import type { Template } from '../../model/template.ts';
import { childOf, mappingOf, namedEntries, textOf } from '../../reader/convert/access.ts';
import type { LintFile } from '../file/lint-file.ts';
import type { Rule, RuleFinding } from '../rule.ts';

export const latestImage: Rule = {
  code: 'latest-image',
  severity: 'warning',
  why: 'What `latest` means changes: the same commit builds, or deploys, something else tomorrow, and nothing can be rolled back to.',
  mend: 'Name a version or a digest; push tags of version and commit.',
  judgesActions: true,
  *check(file) {
    for (const { image, at } of usedImages(file)) {
      if (followsLatest(image)) yield { at, message: `The image \`${image}\` is whatever \`latest\` is.` };
    }
    yield* pushedTags(file);
  },
};

function usedImages({ workflow }: LintFile): { image: string; at: Position }[] {
  const of = (template: Template | undefined) => {
    const image = template?.kind === 'mapping' ? childOf(template, 'image') : template;
    const text = textOf(image);
    return image && text ? [{ image: text, at: image.at }] : [];
  };
  return workflow.jobs.flatMap((job) => {
    if (job.kind !== 'job') return [];
    const services = namedEntries(mappingOf(job.services)).flatMap(({ value }) => of(value));
    const steps = job.steps.flatMap((step) =>
      step.kind === 'action' && step.uses.startsWith('docker://')
        ? [{ image: step.uses.slice('docker://'.length), at: step.usesAt }]
        : [],
    );
    return [...of(job.container), ...services, ...steps];
  });
}

function followsLatest(image: string): boolean {
  if (image.includes('@')) return false;
  const name =
    image
      .replace(/^docker:\/\//, '')
      .split('/')
      .at(-1) ?? '';
  return !name.includes(':') || name.endsWith(':latest');
}

/** `latest` beside other tags is a convenience; alone it is all that there is to deploy. */
function* pushedTags({ workflow, scripts }: LintFile): Iterable<RuleFinding> {
  for (const job of workflow.jobs) {
    for (const step of job.kind === 'job' ? job.steps : []) {
      if (step.kind !== 'action' || isFalse(childOf(step.with, 'push'))) continue;
      const tags = childOf(step.with, 'tags');
      const list =
        textOf(tags)
          ?.split(/[\n,]/)
          .map((tag) => tag.trim())
          .filter((tag) => tag !== '') ?? [];
      if (tags && list.length > 0 && list.every(isLatestElsewhere)) {
        yield { at: tags.at, message: 'The only tag that is pushed is `latest`.' };
      }
    }
  }
  for (const { text, place } of scripts) {
    for (const match of text.matchAll(/\b(?:docker|podman)\s+(?:push|pull|run)\b[^\n]*:latest\b/g)) {
      yield { at: place(match.index), message: 'The script uses an image by `latest`.' };
    }
  }
}

/** A registry of the job itself ends with it. */
function isLatestElsewhere(tag: string): boolean {
  return tag.endsWith(':latest') && !/^(?:localhost|127\.0\.0\.1)\b/.test(tag);
}

function isFalse(template: Template | undefined): boolean {
  return template?.kind === 'literal' && String(template.value) === 'false';
}
