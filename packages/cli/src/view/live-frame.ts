import { durationText } from '@slipway/contracts/duration-text';
import type { PicturedJob, PicturedRun, PicturedStep, RunPicture } from './run-picture.ts';
import type { Style } from './style.ts';

export interface FrameOptions {
  /** Epoch milliseconds. */
  now: number;
  /** Rows that the frame may take at most; at least 2. */
  rows: number;
  style: Style;
  /** Counts up with every redraw. */
  tick: number;
}

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** How many finished steps of a job are listed, and how many lines of a running step's log. */
interface Detail {
  finished: number;
  tail: number;
}

/** From the fullest to the barest. */
const details: readonly Detail[] = [
  { finished: Number.POSITIVE_INFINITY, tail: 6 },
  { finished: 6, tail: 6 },
  { finished: 3, tail: 4 },
  { finished: 1, tail: 3 },
  { finished: 0, tail: 1 },
  { finished: 0, tail: 0 },
];

/**
 * What is going on now, as lines: every running job with its running steps and the end of their logs, then how many wait.
 * What has concluded is not in it: that has scrolled up. Given fewer rows it leaves out tails first, then steps, then jobs.
 */
export function liveFrame(picture: RunPicture, options: FrameOptions): string[] {
  const running = runningJobs(picture);
  const foot = footLine(picture, options.style);
  const room = options.rows - (foot === null ? 0 : 1);
  const lines = fullest(running, room, options);
  return foot === null ? lines : [...lines, foot];
}

interface RunningJob {
  run: PicturedRun;
  job: PicturedJob;
  startedAt: number;
}

function runningJobs(picture: RunPicture): RunningJob[] {
  return [...picture.runs.values()].flatMap((run) =>
    [...run.jobs.values()].flatMap((job) =>
      job.state.kind === 'running' ? [{ run, job, startedAt: job.state.startedAt }] : [],
    ),
  );
}

/** The most detail that fits. */
function fullest(running: readonly RunningJob[], room: number, options: FrameOptions): string[] {
  for (const detail of details) {
    const lines = running.flatMap((one) => jobLines(one, options, detail));
    if (lines.length <= room) return lines;
  }
  const jobs = running.map((one) => jobLine(one, options, runningSteps(one.job)));
  if (jobs.length <= room) return jobs;
  const hidden = jobs.length - room + 1;
  return [...jobs.slice(0, room - 1), options.style.dim(`  … ${hidden} more jobs run`)];
}

function jobLines(one: RunningJob, options: FrameOptions, { finished, tail }: Detail): string[] {
  const { steps } = one.job;
  const hidden = Math.max(0, steps.filter(({ state }) => state.kind === 'finished').length - finished);
  const shown = hidden === 0 ? steps : withoutFinished(steps, hidden);
  const note = hidden > 0 && finished > 0 ? [options.style.dim(`  … ${hidden} more steps are done`)] : [];
  return [jobLine(one, options, []), ...note, ...shown.flatMap((step) => stepLines(step, options, tail))];
}

/** Without the first `count` finished ones. */
function withoutFinished(steps: readonly PicturedStep[], count: number): PicturedStep[] {
  let left = count;
  return steps.filter(({ state }) => {
    if (state.kind === 'running' || left === 0) return true;
    left -= 1;
    return false;
  });
}

function jobLine({ run, job, startedAt }: RunningJob, options: FrameOptions, steps: PicturedStep[]): string {
  const { style, now } = options;
  const doing = steps.length === 0 ? '' : `  ${steps.map(({ name }) => name).join(', ')}`;
  const time = durationText(Math.max(0, now - startedAt));
  return `${spin(options)} ${style.bold(`${run.workflowName} / ${job.name}`)} ${style.dim(`${time}${doing}`)}`;
}

function stepLines(step: PicturedStep, options: FrameOptions, tail: number): string[] {
  const { style, now } = options;
  if (step.state.kind === 'finished') {
    const { conclusion, durationMs } = step.state;
    const time = conclusion === 'skipped' ? '' : ` ${style.dim(durationText(durationMs))}`;
    return [`  ${style.mark(conclusion)} ${step.name}${time}`];
  }
  const time = style.dim(durationText(Math.max(0, now - step.state.startedAt)));
  const lines = tail === 0 ? [] : (step.tail?.lines(tail) ?? []);
  return [`  ${spin(options)} ${step.name} ${time}`, ...lines.map((line) => style.dim(`    ${line}`))];
}

function runningSteps(job: PicturedJob): PicturedStep[] {
  return job.steps.filter(({ state }) => state.kind === 'running');
}

function footLine(picture: RunPicture, style: Style): string | null {
  const states = [...picture.runs.values()].flatMap((run) =>
    [...run.jobs.values()].map(({ state }) => state),
  );
  const waiting = states.flatMap((state) => (state.kind === 'waiting' ? [state.reason] : []));
  if (waiting.length === 0) return null;
  const reason = waiting.length === 1 && waiting[0] != null ? `: ${waiting[0]}` : '';
  return style.dim(`· ${waiting.length} ${waiting.length === 1 ? 'job waits' : 'jobs wait'}${reason}`);
}

function spin({ tick, style }: FrameOptions): string {
  return style.bold(spinner[tick % spinner.length]!);
}
