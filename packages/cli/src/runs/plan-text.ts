import type { JobForecast, LegForecast, RunForecast } from '@slipway/workflow/forecast';
import type { EventFacts } from '@slipway/workflow/triggers';
import type { NotStartedWorkflow } from '../event/event-preparation.ts';
import { placeJob, type RunnerLabels } from '../machine/runner-labels.ts';
import type { Style } from '../view/style.ts';

/** What `slipway plan` shows. */
export interface ShownPlan {
  event: EventFacts;
  runs: readonly RunForecast[];
  notStarted: readonly NotStartedWorkflow[];
  labels: RunnerLabels;
}

export function planText({ event, runs, notStarted, labels }: ShownPlan, style: Style): string {
  const heading = `${style.bold(event.name)} on ${event.ref} ${style.dim(`(${event.sha.slice(0, 8)})`)}`;
  const nothing = runs.length === 0 ? ['', 'No workflow would run.'] : [];
  const reasons = notStarted.map(({ workflow, reason }) => `  ${workflow.path}: ${style.dim(reason)}`);
  const others = reasons.length === 0 ? [] : ['', 'Not started:', ...reasons];
  const lines = [
    heading,
    ...nothing,
    ...runs.flatMap((run) => ['', ...runLines(run, labels, style)]),
    ...others,
  ];
  return `${lines.join('\n')}\n`;
}

/** One object a line: a `run` for each run, a `not-started` for each workflow that the event leaves alone, and a `summary`. */
export function planJson({ event, runs, notStarted, labels }: ShownPlan): string {
  const objects = [
    ...runs.map(({ runId: _, jobs, ...run }) => ({
      kind: 'run',
      ...run,
      jobs: jobs.map((job) => ({ ...job, ...unservedOf(job, labels) })),
    })),
    ...notStarted.map(({ workflow, reason }) => ({ kind: 'not-started', workflow: workflow.path, reason })),
    {
      kind: 'summary',
      event: event.name,
      ref: event.ref,
      sha: event.sha,
      runs: runs.map(({ workflow, workflowName, jobs }) => ({
        workflow,
        name: workflowName,
        jobs: jobs.map(({ id, name, verdict }) => ({ id, name, verdict: verdict.kind })),
      })),
    },
  ];
  return objects.map((object) => `${JSON.stringify(object)}\n`).join('');
}

function runLines(run: RunForecast, labels: RunnerLabels, style: Style): string[] {
  const groups = run.groups.map(({ group }) => `  one at a time in the group ${group}`);
  return [
    `${style.bold(run.workflowName)}  ${style.dim(run.workflow)}${run.name === run.workflowName ? '' : `  ${run.name}`}`,
    ...groups.map((line) => style.dim(line)),
    ...run.jobs.flatMap((job) => jobLines(job, labels, style)),
  ];
}

function jobLines(job: JobForecast, labels: RunnerLabels, style: Style): string[] {
  const after = job.needs.length === 0 ? '' : `  after ${job.needs.join(', ')}`;
  const line = (mark: string, name: string, says: string) =>
    `  ${mark} ${name}${style.dim(`${says}${after}`)}`;
  const { verdict, legs } = job;
  switch (verdict.kind) {
    case 'skipped':
      return [line(style.mark('skipped'), job.name, `  skipped: ${verdict.reason}`)];
    case 'fails':
      return [line(style.mark('failure'), job.name, `  fails: ${verdict.reason}`)];
    case 'depends':
      return [line('?', job.name, `  depends on ${verdict.on.join(', ')}`)];
    case 'runs':
      if (legs === undefined) return [line(style.mark('success'), job.name, calls(job))];
      if (legs.kind === 'depends')
        return [line('?', job.name, `  its matrix depends on ${legs.on.join(', ')}`)];
      return legs.legs.map((leg) => legLine(leg, { job, labels, style, line }));
    default:
      return verdict satisfies never;
  }
}

interface LegContext {
  job: JobForecast;
  labels: RunnerLabels;
  style: Style;
  line(mark: string, name: string, says: string): string;
}

function legLine(leg: LegForecast, { job, labels, style, line }: LegContext): string {
  if (leg.invalid !== undefined) return line(style.mark('failure'), leg.name, `  fails: ${leg.invalid}`);
  if (leg.dependsOn !== undefined) return line('?', leg.name, `  depends on ${leg.dependsOn.join(', ')}`);
  if (leg.labels === null) return line(style.mark('success'), leg.name, calls(job));
  const placement = placeJob(leg.labels, labels);
  if (placement.kind === 'unserved')
    return line(style.mark('skipped'), leg.name, `  skipped: ${placement.reason}`);
  const environment = leg.environment === undefined ? '' : `  to ${leg.environment}`;
  return line(style.mark('success'), leg.name, `  ${leg.labels.join(', ')}${environment}`);
}

function calls({ uses }: JobForecast): string {
  return uses === undefined ? '' : `  calls ${uses}`;
}

/** Why legs of the job would be skipped here, by their names. */
function unservedOf({ legs }: JobForecast, labels: RunnerLabels): { unserved?: Record<string, string> } {
  if (legs?.kind !== 'known') return {};
  const reasons = legs.legs.flatMap((leg) => {
    const placement = leg.labels === null ? null : placeJob(leg.labels, labels);
    return placement?.kind === 'unserved' ? [[leg.name, placement.reason] as const] : [];
  });
  return reasons.length === 0 ? {} : { unserved: Object.fromEntries(reasons) };
}
