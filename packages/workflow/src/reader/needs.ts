import type { Diagnostic, Position } from '../model/diagnostic.ts';
import { nearestName } from '../model/nearest-name.ts';
import type { Job, Workflow } from '../model/workflow.ts';
import { collectFindings, type Findings } from './findings.ts';

/**
 * Jobs needed that exist nowhere. GitHub lets a job need only jobs of its own file; Slipway also those of `siblings`, the
 * other workflows that the same event starts. `readWorkflow` cannot know them, so it leaves this question open.
 */
export function assessNeeds(workflow: Workflow, siblings: readonly Workflow[] = []): Diagnostic[] {
  const findings = collectFindings(workflow.path);
  const known = [workflow, ...siblings].flatMap(({ jobs }) => jobs.map(({ id }) => id));
  const ids = new Set(known.map((id) => id.toLowerCase()));
  for (const job of workflow.jobs) {
    for (const [i, need] of job.needs.entries()) {
      if (ids.has(need.toLowerCase())) continue;
      const guess = nearestName(need, known);
      findings.add({
        at: needPlace(job, i),
        code: 'unknown-need',
        message: `Job \`${job.id}\` needs the job \`${need}\`, which does not exist.`,
        mend: guess === undefined ? `Name one of: ${known.join(', ')}.` : `Did you mean \`${guess}\`?`,
      });
    }
  }
  return findings.list();
}

/** Reports every circle once, at its first job, and a workflow without jobs. */
export function checkCycles(findings: Findings, jobs: Job[], jobsAt: Position): void {
  if (jobs.length === 0) {
    findings.add({
      at: jobsAt,
      code: 'no-start-job',
      message: 'The workflow has no job.',
      mend: 'Add a job without `needs`.',
    });
  }
  const byId = new Map(jobs.map((job) => [job.id.toLowerCase(), job]));
  const done = new Set<Job>();
  const trail: Job[] = [];
  const visit = (job: Job): void => {
    if (done.has(job)) return;
    trail.push(job);
    for (const need of job.needs) {
      const target = byId.get(need.toLowerCase());
      if (!target) continue;
      const start = trail.indexOf(target);
      if (start < 0) visit(target);
      else reportCycle(findings, trail.slice(start));
    }
    trail.pop();
    done.add(job);
  };
  for (const job of jobs) visit(job);
}

function reportCycle(findings: Findings, [first, ...others]: Job[]): void {
  if (!first) return;
  const names = [first, ...others, first].map((job) => `\`${job.id}\``);
  findings.add({
    at: first.at,
    code: 'needs-cycle',
    message: `These jobs need each other in a circle: ${names.join(' → ')}.`,
    mend: 'Remove one of the needs.',
  });
}

function needPlace(job: Job, index: number): Position {
  return job.needsAt?.[index] ?? job.at;
}
