import { labelSets } from '../../labels/job-labels.ts';
import { systemOf } from '../../labels/known-labels.ts';
import type { Rule } from '../rule.ts';

export const conflictingLabels: Rule = {
  code: 'conflicting-labels',
  severity: 'error',
  why: 'A job runs on a runner that has all of its labels; none has two systems, so that the job never starts.',
  mend: 'Keep the labels of one system; for several systems use a matrix.',
  *check({ workflow }) {
    for (const job of workflow.jobs) {
      for (const set of job.kind === 'job' ? labelSets(job) : []) {
        const systems = set.map(({ value }) => systemOf(String(value)));
        const first = systems.find((system) => system !== undefined);
        const other = systems.findIndex((system) => system !== undefined && system !== first);
        const label = set[other];
        if (label)
          yield {
            at: label.at,
            message: `\`${label.value}\` asks for ${systems[other]}, another label for ${first}.`,
          };
      }
    }
  },
};
