import type { Conclusion, StepAnnotation } from '@slipway/contracts';
import { durationText } from '@slipway/contracts/duration-text';
import { plainText } from './control-sequences.ts';
import type { PicturedJob, PicturedRun, RunPicture } from './run-picture.ts';
import type { Style } from './style.ts';

export interface SummaryOptions {
  style: Style;
  /** How many of a failing step's last lines are shown; 0 where its job's log is on the screen anyway. */
  tails(job: PicturedJob): number;
}

/** What is said after the last run: every job with its time, and of the failing ones the step that failed. */
export function summaryLines(picture: RunPicture, options: SummaryOptions): string[] {
  const runs = [...picture.runs.values()];
  return runs.flatMap((run, index) => [...(index === 0 ? [] : ['']), ...runLines(run, options)]);
}

/** The worst of the runs: a failure, else a cancellation, else success; skipped when nothing ran. */
export function overallConclusion(picture: RunPicture): Conclusion {
  const conclusions = [...picture.runs.values()].map(({ result }) => result?.conclusion ?? 'cancelled');
  const ranked = ['failure', 'cancelled', 'success'] as const;
  return ranked.find((one) => conclusions.includes(one)) ?? 'skipped';
}

/** The last object of `--json`; scripts depend on it. */
export function summaryObject(picture: RunPicture, conclusion: Conclusion): object {
  const runs = [...picture.runs.values()].map((run) => ({
    workflow: run.workflow,
    name: run.workflowName,
    conclusion: run.result?.conclusion ?? 'cancelled',
    jobs: [...run.jobs.values()].map(({ id, name, state }) => {
      const concluded =
        state.kind === 'concluded' ? state : ({ conclusion: 'cancelled', durationMs: 0 } as const);
      return { id, name, conclusion: concluded.conclusion, durationMs: concluded.durationMs };
    }),
  }));
  return { kind: 'summary', conclusion, runs };
}

function runLines(run: PicturedRun, options: SummaryOptions): string[] {
  const { style } = options;
  const jobs = [...run.jobs.values()];
  const width = Math.max(0, ...jobs.map(({ name }) => name.length));
  const conclusion = run.result?.conclusion ?? 'cancelled';
  const time = durationText(run.result?.durationMs ?? 0);
  return [
    `${style.mark(conclusion)} ${style.bold(run.workflowName)} ${style.conclusion(conclusion, conclusion)} ${style.dim(`in ${time}`)}`,
    ...jobs.flatMap((job) => jobLines(job, { ...options, width })),
  ];
}

function jobLines(job: PicturedJob, { style, tails, width }: SummaryOptions & { width: number }): string[] {
  if (job.state.kind !== 'concluded') return [`  ${style.mark('cancelled')} ${job.name}`];
  const { conclusion, durationMs, reason } = job.state;
  const time = conclusion === 'skipped' ? '' : durationText(durationMs);
  const because = reason === null ? '' : `  ${reason}`;
  const line =
    `  ${style.mark(conclusion)} ${job.name.padEnd(width)}  ${style.dim(`${time}${because}`)}`.trimEnd();
  const said = job.annotations
    // What the job's own line says is not said again.
    .filter(({ level, message }) => level !== 'notice' && message !== reason)
    .map((one) => annotationLine(one, style));
  return [line, ...said, ...(conclusion === 'failure' ? failureLines(job, { style, tails }) : [])];
}

function annotationLine({ level, title, message, file, line }: StepAnnotation, style: Style): string {
  const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `;
  const text = `${place}${title === undefined ? '' : `${title}: `}${message.split('\n')[0]}`;
  return `    ${style.conclusion(level === 'error' ? 'failure' : 'cancelled', level)}: ${plainText(Buffer.from(text))}`;
}

function failureLines(job: PicturedJob, { style, tails }: SummaryOptions): string[] {
  const most = tails(job);
  return job.steps.flatMap(({ name, state, tail }) => {
    if (state.kind !== 'finished' || state.conclusion !== 'failure') return [];
    const lines = most === 0 ? [] : (tail?.lines(most) ?? []);
    const heading = `    ${style.conclusion('failure', `failed: ${name}`)} ${style.dim(durationText(state.durationMs))}`;
    return [heading, ...lines.map((line) => `    ${style.dim('│')} ${line}`)];
  });
}
