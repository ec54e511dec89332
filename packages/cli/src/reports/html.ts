import type { Conclusion, StepAnnotation } from '@slipway/contracts';
import { durationText } from '@slipway/contracts/duration-text';
import {
  type RecordedJob,
  type RecordedRun,
  type RecordedStep,
  readStepLog,
} from '../history/recorded-run.ts';
import { jobColumns } from './job-columns.ts';
import { escapeHtml, markdownHtml } from './markdown-html.ts';
import { pageScript, pageStyle } from './page-assets.ts';
import { plainLog } from './plain-log.ts';

/** Of a step's log the page holds the end, so that a browser can open it. */
const lastLogBytes = 512 * 1024;

/** Runs as one page that needs nothing beside it: graph of the jobs, timeline, steps, logs, annotations, summaries. */
export function htmlReport(runs: readonly RecordedRun[]): string {
  const title = runs.map(({ workflowName }) => workflowName).join(', ');
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    // A page of someone else's logs: it may run its own script and nothing else.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">`,
    `<title>${escapeHtml(title)}</title><style>${pageStyle}</style></head><body>`,
    ...runs.map(runSection),
    `<script>${pageScript}</script></body></html>\n`,
  ].join('\n');
}

function runSection(run: RecordedRun): string {
  const conclusion = run.result?.conclusion ?? 'cancelled';
  return `<section class="run">
<header><h1>${badge(conclusion)} ${escapeHtml(run.workflowName)} <small>#${run.runNumber}</small></h1>
<p>${escapeHtml(run.name)} · ${escapeHtml(run.event)} · <code>${escapeHtml(run.workflow)}</code> · ${new Date(run.queuedAt).toISOString()} · ${durationText(run.result?.durationMs ?? 0)}</p></header>
${graph(run)}
${timeline(run)}
${annotations(run)}
${run.jobs.map((job) => jobSection(run, job)).join('\n')}
</section>`;
}

function graph(run: RecordedRun): string {
  const columns = jobColumns(run.jobs).map(
    (jobs) => `<div class="column">${jobs.map((job) => graphNode(run, job)).join('')}</div>`,
  );
  return `<h2>Jobs</h2><div class="graph">${columns.join('<span class="arrow" aria-hidden="true">→</span>')}</div>`;
}

function graphNode(run: RecordedRun, job: RecordedJob): string {
  const needs = job.needs.length === 0 ? '' : ` title="needs ${escapeHtml(job.needs.join(', '))}"`;
  return `<a class="node" href="#${anchor(run, job)}"${needs}>${badge(conclusionOf(job))} ${escapeHtml(job.name)} <small>${durationText(job.result?.durationMs ?? 0)}</small></a>`;
}

function timeline(run: RecordedRun): string {
  const started = run.jobs.filter(
    (job): job is RecordedJob & { startedAt: number } => job.startedAt !== null,
  );
  if (started.length === 0) return '';
  const from = Math.min(...started.map(({ startedAt }) => startedAt));
  const to = Math.max(...started.map((job) => job.startedAt + (job.result?.durationMs ?? 0)), from + 1);
  const rows = started.map((job) => {
    const left = ((job.startedAt - from) / (to - from)) * 100;
    const width = Math.max(0.5, ((job.result?.durationMs ?? 0) / (to - from)) * 100);
    const bar = `<span class="bar ${conclusionOf(job)}" style="left:${left.toFixed(2)}%;width:${width.toFixed(2)}%"></span>`;
    return `<div class="row"><span>${escapeHtml(job.name)}</span><span class="track">${bar}</span></div>`;
  });
  return `<h2>Timeline</h2><div class="timeline">${rows.join('')}</div>`;
}

function annotations(run: RecordedRun): string {
  const all = run.jobs.flatMap((job) =>
    job.steps.flatMap((step) => step.annotations.map((annotation) => annotationItem(job, annotation))),
  );
  return all.length === 0 ? '' : `<h2>Annotations</h2><ul class="annotations">${all.join('')}</ul>`;
}

function annotationItem(job: RecordedJob, { level, title, message, file, line }: StepAnnotation): string {
  const place =
    file === undefined ? '' : ` <code>${escapeHtml(file)}${line === undefined ? '' : `:${line}`}</code>`;
  const heading = title === undefined ? '' : `<b>${escapeHtml(title)}</b> `;
  return `<li class="${level}"><b>${level}</b> ${escapeHtml(job.name)}${place}: ${heading}${escapeHtml(message)}</li>`;
}

function jobSection(run: RecordedRun, job: RecordedJob): string {
  const reason = job.result?.reason ?? null;
  const summaries = job.steps.flatMap((step) => step.summaries).map(markdownHtml);
  return `<article id="${anchor(run, job)}"><h3>${badge(conclusionOf(job))} ${escapeHtml(job.name)} <small>${durationText(job.result?.durationMs ?? 0)}${job.executor === null ? '' : ` · ${escapeHtml(job.executor)}`}</small></h3>
${reason === null ? '' : `<p class="reason">${escapeHtml(reason)}</p>`}
${job.steps.map((step) => stepDetails(run, job, step)).join('\n')}
${summaries.length === 0 ? '' : `<div class="summary">${summaries.join('\n')}</div>`}
</article>`;
}

function stepDetails(run: RecordedRun, job: RecordedJob, step: RecordedStep): string {
  const conclusion = step.result?.conclusion ?? 'cancelled';
  const log = plainLog(readStepLog(run, { jobKey: job.jobKey, log: step.log }, lastLogBytes));
  const length = (step.log.end ?? step.log.start) - step.log.start;
  const cut =
    length > lastLogBytes
      ? `<p class="reason">the last ${lastLogBytes / 1024} KiB of ${Math.ceil(length / 1024)} KiB</p>`
      : '';
  return `<details${conclusion === 'failure' ? ' open' : ''}><summary>${badge(conclusion)} ${escapeHtml(step.name)} <small>${durationText(step.result?.durationMs ?? 0)}</small></summary>${cut}<pre>${escapeHtml(log)}</pre></details>`;
}

function conclusionOf(job: RecordedJob): Conclusion {
  return job.result?.conclusion ?? 'cancelled';
}

function badge(conclusion: Conclusion): string {
  const marks = { success: '✓', failure: '✗', cancelled: '⊘', skipped: '–' } as const;
  return `<span class="badge ${conclusion}" title="${conclusion}">${marks[conclusion]}</span>`;
}

function anchor(run: RecordedRun, job: RecordedJob): string {
  return `run-${run.runNumber}-${encodeURIComponent(job.jobKey)}`;
}
