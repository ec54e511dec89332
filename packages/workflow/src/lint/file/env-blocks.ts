import type { Template } from '../../model/template.ts';
import { childOf, mappingOf, type NamedEntry, namedEntries } from '../../reader/convert/access.ts';
import type { LintFile } from './lint-file.ts';

export interface EnvEntry extends NamedEntry {
  /** `service`: of a container or service, which is where throw-away passwords are written. */
  owner: 'workflow' | 'job' | 'step' | 'service';
}

/** Every variable that an `env:` of the file sets, whose name is plain text. */
export function everyEnv({ workflow }: Pick<LintFile, 'workflow'>): EnvEntry[] {
  const entries = (owner: EnvEntry['owner'], env: Template | undefined) =>
    namedEntries(env).map((entry) => ({ ...entry, owner }));
  return [
    ...entries('workflow', workflow.env),
    ...workflow.jobs.flatMap((job) => {
      if (job.kind !== 'job') return [];
      const services = namedEntries(mappingOf(job.services)).map(({ value }) => value);
      return [
        ...entries('job', job.env),
        ...[job.container, ...services].flatMap((container) => entries('service', childOf(container, 'env'))),
        ...job.steps.flatMap((step) => entries('step', 'env' in step ? step.env : undefined)),
      ];
    }),
  ];
}
