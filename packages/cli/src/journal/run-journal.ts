import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '@slipway/contracts';
import { JobLogText } from '@slipway/contracts/job-log-text';
import { JobLog } from './job-log.ts';

/**
 * Keeps one run under its folder, as it happens: `events.ndjson` holds every event but the log bytes, `<job>.log` the text of
 * each job. A step's part of the text is found by `logBytes`, the size of the text when the event was written.
 */
export class RunJournal {
  readonly directory: string;
  readonly #events: number;
  readonly #jobs = new Map<string, { log: JobLog; text: JobLogText }>();
  /** Lines of events that came in one go: they are written together, when the next process has been started. */
  #unwritten = '';
  #failure: unknown = null;

  constructor(directory: string) {
    this.directory = directory;
    this.#events = openSync(join(directory, 'events.ndjson'), 'a', 0o644);
  }

  /** @throws the system's error, e.g. ENOSPC, of this event or of those before it. */
  add(event: RunEvent): void {
    if (this.#failure !== null) throw this.#failure;
    if (event.kind !== 'job.progress') {
      if (event.kind === 'job.concluded') this.#jobs.get(event.jobKey)?.log.close();
      this.#write(event);
      return;
    }
    const job = this.#job(event.jobKey);
    const text = job.text.of(event.event);
    if (text !== null) job.log.append(text);
    if (event.event.kind !== 'step.log') this.#write({ ...event, logBytes: job.log.sizeBytes });
  }

  /** Lines of the journal of an earlier attempt, as they are. */
  addLines(lines: readonly string[]): void {
    this.#writeOut();
    if (lines.length > 0) writeSync(this.#events, lines.map((line) => `${line}\n`).join(''));
  }

  /** The text of a job's log; grows with the events. */
  log(jobKey: string): JobLog {
    return this.#job(jobKey).log;
  }

  close(): void {
    this.#writeOut();
    for (const { log } of this.#jobs.values()) log.close();
    closeSync(this.#events);
  }

  #job(jobKey: string): { log: JobLog; text: JobLogText } {
    let job = this.#jobs.get(jobKey);
    if (job === undefined) {
      job = { log: new JobLog(join(this.directory, logFileName(jobKey))), text: new JobLogText() };
      this.#jobs.set(jobKey, job);
    }
    return job;
  }

  #write(event: object): void {
    if (this.#unwritten === '') setImmediate(() => this.#writeOut());
    this.#unwritten += `${JSON.stringify(event)}\n`;
  }

  #writeOut(): void {
    if (this.#unwritten === '') return;
    try {
      writeSync(this.#events, this.#unwritten);
    } catch (error) {
      this.#failure = error;
    }
    this.#unwritten = '';
  }
}

/** Job ids hold no dot, so that different keys (`call/inner(0)`) have different names (`call.inner(0).log`). */
export function logFileName(jobKey: string): string {
  return `${jobKey.replaceAll('/', '.').replaceAll(/[^\w.()-]/g, '_')}.log`;
}
