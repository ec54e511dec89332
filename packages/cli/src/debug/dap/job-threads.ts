import type { RunEvent } from '@slipway/contracts';
import type { PauseDecision, PausedStep } from '@slipway/runner';

/** A job leg as a thread: the editor knows it by its number. */
export interface JobThread {
  id: number;
  runId: string;
  jobKey: string;
  name: string;
  held: HeldStep | null;
}

export interface HeldStep {
  step: PausedStep;
  decide(decision: PauseDecision): void;
}

/** The jobs that run now. */
export class JobThreads {
  readonly #threads = new Map<string, JobThread>();
  readonly #names = new Map<string, string>();
  #last = 0;

  get all(): JobThread[] {
    return [...this.#threads.values()];
  }

  /** @throws Error for a number that no running job has */
  byId(id: number): JobThread {
    const thread = this.all.find((one) => one.id === id);
    if (thread === undefined) throw new Error(`No job of number ${id} runs.`);
    return thread;
  }

  of({ runId, jobKey }: Pick<PausedStep, 'runId' | 'jobKey'>): JobThread | undefined {
    return this.#threads.get(`${runId} ${jobKey}`);
  }

  /** @returns the thread that begins or ends with the event */
  follow(event: RunEvent): { kind: 'started' | 'exited'; thread: JobThread } | null {
    if (event.kind === 'job.planned') this.#names.set(`${event.runId} ${event.jobKey}`, event.name);
    if (event.kind === 'job.progress' && event.event.kind === 'job.started') {
      return { kind: 'started', thread: this.#begin(event.runId, event.jobKey) };
    }
    if (event.kind !== 'job.concluded') return null;
    const key = `${event.runId} ${event.jobKey}`;
    const thread = this.#threads.get(key);
    this.#threads.delete(key);
    return thread === undefined ? null : { kind: 'exited', thread };
  }

  #begin(runId: string, jobKey: string): JobThread {
    const key = `${runId} ${jobKey}`;
    this.#last += 1;
    const thread = { id: this.#last, runId, jobKey, name: this.#names.get(key) ?? jobKey, held: null };
    this.#threads.set(key, thread);
    return thread;
  }
}
