import { entryOf } from '../../reader/convert/access.ts';
import type { Rule } from '../rule.ts';

/** Actions that cache dependencies only when they are told which tool manages them. */
const setups = /^actions\/setup-(?:python|java)@/;

export const uncachedSetup: Rule = {
  code: 'uncached-setup',
  severity: 'warning',
  why: 'Every run downloads all dependencies anew, which costs time and fails when a registry does.',
  mend: 'Add `cache:` with the package manager.',
  *check({ workflow, scripts }) {
    for (const job of workflow.jobs) {
      if (job.kind !== 'job') continue;
      const isCachedElsewhere = job.steps.some(
        (step) => step.kind === 'action' && /^actions\/cache(?:\/|@)/.test(step.uses),
      );
      const installs = scripts.some(
        (script) => script.job === job.id && /\b(?:pip|poetry|pipenv|mvn|gradlew?)\b/.test(script.text),
      );
      if (isCachedElsewhere || !installs) continue;
      for (const step of job.steps) {
        if (step.kind !== 'action' || !setups.test(step.uses) || entryOf(step.with, 'cache')) continue;
        yield { at: step.usesAt, message: `\`${step.uses}\` does not cache the dependencies.` };
      }
    }
  },
};
