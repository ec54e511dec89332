import type { JobEvent } from '@slipway/contracts';
import type { JobAnswer, JobsAnswer } from '@slipway/contracts/api/jobs';
import type { RunAnswer } from '@slipway/contracts/api/runs';
import { JobLogText } from '@slipway/contracts/job-log-text';
import { callServer } from './call-server.ts';
import { followStream } from './follow-stream.ts';
import type { ServerAccess } from './server-access.ts';

export interface LogPrinter {
  heading(job: JobAnswer): void;
  bytes(bytes: Uint8Array): void;
}

const lookAgainMs = 1_000;

/** Prints the log of a job as it comes, until the job is over. @throws ServerRefusal */
export async function followJobLog(
  access: ServerAccess,
  jobId: number,
  print: (bytes: Uint8Array) => void,
): Promise<void> {
  const text = new JobLogText();
  for await (const { event, data } of followStream(access, `/jobs/${jobId}/log`)) {
    if (event === 'end') return;
    const bytes = text.of(eventOf(JSON.parse(data)));
    if (bytes !== null) print(bytes);
  }
}

/** Prints the jobs of a run one after the other, in the order in which they begin, until the run is over. @returns the run then */
export async function followRunLog(
  access: ServerAccess,
  runId: number,
  { wants, printer }: { wants: (job: JobAnswer) => boolean; printer: LogPrinter },
): Promise<RunAnswer> {
  const shown = new Set<string>();
  for (;;) {
    const run = await callServer<RunAnswer>(access, { path: `/runs/${runId}` });
    const { jobs } = await callServer<JobsAnswer>(access, { path: `/runs/${runId}/jobs` });
    const next = jobs
      .filter((job) => wants(job) && !shown.has(job.key) && job.id !== null && job.startedAt !== null)
      .toSorted((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0))[0];
    if (next?.id != null) {
      shown.add(next.key);
      printer.heading(next);
      await followJobLog(access, next.id, printer.bytes);
    } else if (run.status === 'completed') return run;
    else await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
}

/** As the runner sent it; of the log the stream of messages has the text. */
function eventOf(data: { kind: string; step: number; text?: string }): JobEvent {
  if (data.kind !== 'step.log') return data as unknown as JobEvent;
  return { kind: 'step.log', step: data.step, bytes: new TextEncoder().encode(data.text ?? '') };
}
