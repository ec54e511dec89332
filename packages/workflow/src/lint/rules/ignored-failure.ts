import type { NormalJob, Step } from '../../model/workflow.ts';
import { booleanOf, childOf, textOf } from '../../reader/convert/access.ts';
import type { LintScript } from '../file/script.ts';
import type { Rule, RuleFinding } from '../rule.ts';

/** What tests, checks or scans. */
const checks =
  /\b(?:test|tests|pytest|jest|vitest|mocha|lint|eslint|ruff|mypy|tsc|typecheck|audit|trivy|bandit|safety|snyk|semgrep|codeql|scan)\b/i;

export const ignoredFailure: Rule = {
  code: 'ignored-failure',
  severity: 'warning',
  why: 'A test or scan whose failure counts as success guards nothing.',
  mend: 'Let it fail, and mend or remove what fails.',
  judgesActions: true,
  *check({ workflow, scripts }) {
    for (const job of workflow.jobs) if (job.kind === 'job') yield* judgeJob(job);
    for (const script of scripts) yield* judgeScript(script);
  },
};

function* judgeJob(job: NormalJob): Iterable<RuleFinding> {
  for (const step of job.steps) {
    const { continueOnError } = step;
    if (continueOnError && booleanOf(continueOnError) === true && checks.test(textOfStep(step))) {
      yield { at: continueOnError.at, message: 'This check may fail without failing the job.' };
    }
    const exitCode =
      step.kind === 'action' && /trivy-action@/.test(step.uses) ? childOf(step.with, 'exit-code') : undefined;
    if (exitCode?.kind === 'literal' && String(exitCode.value) === '0') {
      yield { at: exitCode.at, message: 'The scan succeeds whatever it finds.' };
    }
  }
}

function textOfStep(step: Step): string {
  const what = step.kind === 'run' ? textOf(step.run) : step.kind === 'action' ? step.uses : '';
  return `${textOf(step.name) ?? ''} ${what ?? ''}`;
}

function* judgeScript({ text, place }: LintScript): Iterable<RuleFinding> {
  for (const match of text.matchAll(/^.*\|\|\s*(?:true|:|exit 0)\s*$/gm)) {
    if (!checks.test(match[0]) || /^\s*#/.test(match[0])) continue;
    yield {
      at: place(match.index + match[0].lastIndexOf('||')),
      message: 'The failure of this check is thrown away.',
    };
  }
}
