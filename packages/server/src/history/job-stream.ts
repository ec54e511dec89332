import type { JobEvent } from '@slipway/contracts';
import type { JobDetail } from '@slipway/contracts/api/jobs';
import { SlipwayError } from '@slipway/contracts/errors';
import { JobStreamDecoder, type PlacedJobEvent } from '@slipway/contracts/job-stream';
import type { JobStreams, StreamId } from '../runners/job-streams.ts';
import type { Store } from '../store/open-store.ts';

export interface StreamReading {
  store: Store;
  streams: JobStreams;
}

/** In `log_bytes`: the log was removed, because the project had more than its quota. */
export const removedLog = -1;

const pieceBytes = 256 * 1024;

/** Which stream tells of a job, and whether it is complete. */
export interface JobStreamState {
  stream: StreamId;
  isOver: boolean;
}

/**
 * The stream of a job's last claim that said anything: a job that was lost has one claim more than streams.
 * @throws SlipwayError `unknown-job`, `log-removed`
 */
export async function findStream({ store, streams }: StreamReading, jobId: number): Promise<JobStreamState> {
  const row = await store
    .selectFrom('job')
    .select(['fence', 'state', 'log_bytes'])
    .where('id', '=', jobId)
    .executeTakeFirst();
  if (row === undefined) throw new SlipwayError('unknown-job', { message: 'There is no such job.' });
  if (Number(row.log_bytes) === removedLog) throw new SlipwayError('log-removed');
  const isOver = row.state === 'finished';
  for (let fence = row.fence; isOver && fence > 0; fence -= 1) {
    const stream = { jobId, fence };
    if ((await streams.size(stream)) > 0) return { stream, isOver };
  }
  return { stream: { jobId, fence: row.fence }, isOver };
}

/** All events from an offset on, as far as they are there. */
export async function* readEvents(
  { streams }: Pick<StreamReading, 'streams'>,
  stream: StreamId,
  offset = 0,
): AsyncGenerator<PlacedJobEvent[]> {
  const decoder = new JobStreamDecoder(offset);
  for (let at = offset; ; ) {
    const piece = await streams.read(stream, { offset: at, maxBytes: pieceBytes });
    if (piece.length === 0) return;
    at += piece.length;
    const events = decoder.push(piece);
    if (events.length > 0) yield events;
  }
}

/** What a job's stream says besides its log. */
export async function readJobDetail(reading: StreamReading, jobId: number): Promise<JobDetail> {
  const { stream } = await findStream(reading, jobId);
  const detail: JobDetail = { steps: [], annotations: [], summaries: [] };
  for await (const events of readEvents(reading, stream)) {
    for (const { event } of events) addEvent(detail, event);
  }
  return detail;
}

function addEvent({ steps, annotations, summaries }: JobDetail, event: JobEvent): void {
  switch (event.kind) {
    case 'step.started': {
      const { step, id, name, phase, at } = event;
      const open = { conclusion: null, outcome: null, durationMs: null };
      steps.push({ step, ...(id !== undefined && { id }), name, phase, startedAt: at, ...open });
      break;
    }
    case 'step.finished': {
      const { conclusion, outcome, durationMs } = event;
      const step = steps.find((one) => one.step === event.step);
      if (step !== undefined) Object.assign(step, { conclusion, outcome, durationMs });
      break;
    }
    case 'step.annotation': {
      const { kind: _, ...annotation } = event;
      annotations.push(annotation);
      break;
    }
    case 'step.summary':
      summaries.push({ step: event.step, markdown: event.markdown });
      break;
    case 'job.started':
    case 'job.finished':
    case 'step.log':
      break;
    default:
      event satisfies never;
  }
}
