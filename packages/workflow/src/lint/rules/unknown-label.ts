import { labelSets } from '../../labels/job-labels.ts';
import { knownLabels } from '../../labels/known-labels.ts';
import { nearestName } from '../../model/nearest-name.ts';
import type { Rule } from '../rule.ts';

export const unknownLabel: Rule = {
  code: 'unknown-label',
  severity: 'warning',
  why: 'A job whose label no runner has waits until it is given up.',
  mend: "Use a label of GitHub's or of a runner of your own.",
  *check({ workflow, runnerLabels = [] }) {
    const known = new Set([...knownLabels, ...runnerLabels].map((label) => label.toLowerCase()));
    for (const job of workflow.jobs) {
      const reported = new Set<unknown>();
      for (const set of job.kind === 'job' ? labelSets(job) : []) {
        for (const label of set) {
          const name = String(label.value);
          if (name === '' || known.has(name.toLowerCase()) || reported.has(label)) continue;
          reported.add(label);
          const guess = nearestName(name, known);
          yield {
            at: label.at,
            message: `No runner is known to have the label \`${name}\`.`,
            mend:
              guess === undefined
                ? `Use one that exists, such as \`ubuntu-latest\`, or tell the linter your runners' labels.`
                : `Did you mean \`${guess}\`?`,
          };
        }
      }
    }
  },
};
