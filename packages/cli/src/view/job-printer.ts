import { type JobLog, LogReader } from '../journal/job-log.ts';
import { withoutControl } from './control-sequences.ts';
import { withReadableMarkers } from './log-markers.ts';
import type { Output } from './output.ts';

const pieceBytes = 64 * 1024;

interface PrintedJob {
  key: string;
  heading: string;
  log: LogReader;
  /** Printed below the log; null while the job runs. */
  closing: string | null;
}

/**
 * Prints job after job, each as one block, however many run at once: one job is on the air and its log is passed on as it
 * comes; the others wait in their files. When it ends, one that has finished comes next, else the one that began first.
 * A reader that is behind is waited for without keeping anything in memory.
 */
export class JobPrinter {
  readonly #output: Output;
  readonly #waiting: PrintedJob[] = [];
  readonly #jobs = new Map<string, PrintedJob>();
  #onAir: PrintedJob | null = null;
  #lastWithLog: string | null = null;
  #whenIdle: (() => void) | null = null;

  constructor(output: Output) {
    this.#output = output;
    output.onDrain(() => this.#pump());
  }

  /** Key of the job whose log is the lowest on the screen: below it stand at most jobs that printed nothing. */
  get lastWithLog(): string | null {
    return this.#lastWithLog;
  }

  begin(key: string, heading: string, log: JobLog): void {
    const job = { key, heading, log: new LogReader(log), closing: null };
    this.#jobs.set(key, job);
    this.#waiting.push(job);
    this.#pump();
  }

  /** The job's log has grown. */
  advance(key: string): void {
    if (this.#jobs.get(key) === this.#onAir) this.#pump();
  }

  end(key: string, closing: string): void {
    const job = this.#jobs.get(key);
    if (job === undefined) return;
    job.closing = closing;
    this.#jobs.delete(key);
    this.#pump();
  }

  /** When everything that began is printed; every job must have ended. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenIdle = resolve;
      this.#pump();
    });
  }

  #pump(): void {
    while (!this.#output.isBehind) {
      this.#onAir ??= this.#next();
      if (this.#onAir === null) {
        this.#whenIdle?.();
        return;
      }
      if (!this.#print(this.#onAir)) return;
      this.#onAir = null;
    }
  }

  /** True when the job is printed whole. */
  #print(job: PrintedJob): boolean {
    while (!job.log.isAtEnd) {
      if (this.#output.isBehind) return false;
      this.#lastWithLog = job.key;
      this.#output.write(withoutControl(withReadableMarkers(job.log.read(pieceBytes))));
    }
    if (job.closing === null) return false;
    this.#output.write(job.closing);
    job.log.close();
    return true;
  }

  #next(): PrintedJob | null {
    const finished = this.#waiting.findIndex(({ closing }) => closing !== null);
    const [job] = this.#waiting.splice(Math.max(0, finished), 1);
    if (job === undefined) return null;
    this.#output.write(job.heading);
    return job;
  }
}
