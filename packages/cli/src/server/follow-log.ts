import type { JobEvent } from '@slipway/contracts';
import type { JobAnswer, JobsAnswer } from '@slipway/contracts/api/jobs';
import type { RunAnswer } from '@slipway/contracts/api/runs';
import { JobLogText } from '@slipway/contracts/job-log-text';
import { callServer, requestServer, ServerRefusal } from './call-server.ts';
import { readMessages } from './read-messages.ts';
import type { ServerAccess } from './server-access.ts';

export interface LogPrinter {
  heading(job: JobAnswer): void;
  bytes(bytes: Uint8Array): void;
}

const tryAgainMs = 1_000;
const mostTries = 60;

/** Prints the log of a job as it comes, until the job is over. A connection that breaks is taken up where it broke. */
export async function followJobLog(
  access: ServerAccess,
  jobId: number,
  print: (bytes: Uint8Array) => void,
): Promise<void> {
  const text = new JobLogText();
  let last: string | null = null;
  for (let tries = 0; ; tries += 1) {
    try {
      const headers = { accept: 'text/event-stream', ...(last !== null && { 'last-event-id': last }) };
      const { body } = await requestServer(access, { path: `/jobs/${jobId}/log`, headers });
      if (body === null) return;
      for await (const { event, data, id } of readMessages(body)) {
        if (event === 'end') return;
        last = id ?? last;
        tries = 0;
        const bytes = text.of(eventOf(JSON.parse(data)));
        if (bytes !== null) print(bytes);
      }
    } catch (error) {
      if (error instanceof ServerRefusal && tries === 0 && last === null) throw error;
      if (tries >= mostTries) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, tryAgainMs));
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
    else await new Promise((resolve) => setTimeout(resolve, tryAgainMs));
  }
}

/** As the runner sent it; of the log the stream of messages has the text. */
function eventOf(data: { kind: string; step: number; text?: string }): JobEvent {
  if (data.kind !== 'step.log') return data as unknown as JobEvent;
  return { kind: 'step.log', step: data.step, bytes: new TextEncoder().encode(data.text ?? '') };
}
