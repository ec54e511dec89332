import type { RunEvent } from '@slipway/contracts';
import { durationText } from '@slipway/contracts/duration-text';
import type { JobLog } from '../journal/job-log.ts';
import { JobPrinter } from './job-printer.ts';
import type { Output } from './output.ts';
import type { PicturedJob, RunPicture } from './run-picture.ts';
import type { RunView } from './run-view.ts';
import type { Style } from './style.ts';
import { summaryLines } from './summary.ts';

export interface PlainViewOptions {
  output: Output;
  picture: RunPicture;
  style: Style;
  logOf(runId: string, jobKey: string): JobLog;
}

/** Lines of a failing step that are repeated below where its log has scrolled away. */
const failureTail = 10;

/** For logs and pipes: every job as one block, in the order they come to an end, then the summary. */
export function plainView({ output, picture, style, logOf }: PlainViewOptions): RunView {
  const printer = new JobPrinter(output);
  const begun = new Map<string, PicturedJob | undefined>();

  function begin(runId: string, jobKey: string): string {
    const key = `${runId} ${jobKey}`;
    if (begun.has(key)) return key;
    const run = picture.runs.get(runId);
    const job = run?.jobs.get(jobKey);
    begun.set(key, job);
    const name = `${run?.workflowName ?? runId} / ${job?.name ?? jobKey}`;
    printer.begin(key, `${style.bold(`== ${name}`)}\n`, logOf(runId, jobKey));
    return key;
  }

  function show(event: RunEvent): void {
    if (event.kind === 'job.progress') {
      const key = begin(event.runId, event.jobKey);
      printer.advance(key);
    } else if (event.kind === 'job.concluded') {
      const { runId, jobKey, conclusion, durationMs, reason } = event;
      const because = reason === undefined ? '' : `: ${reason}`;
      const time = conclusion === 'skipped' ? '' : ` (${durationText(durationMs)})`;
      const line = style.conclusion(conclusion, `== ${conclusion}${time}${because}`);
      printer.end(begin(runId, jobKey), `${line}\n\n`);
    }
  }

  return {
    show,
    say: (line) => void output.write(`${line}\n`),
    async finish(last) {
      await printer.idle();
      const above = begun.get(printer.lastWithLog ?? '');
      const tails = (job: PicturedJob) => (job === above ? 0 : failureTail);
      for (const line of summaryLines(last, { style, tails })) output.write(`${line}\n`);
      await output.flushed();
    },
  };
}
