import type { Conclusion, JobEvent, RunEvent } from '@slipway/contracts';

/** Writes event streams the way a controller emits them, for the tests of the views. */
export class RunRecording {
  readonly events: RunEvent[] = [];
  readonly #runId: string;
  readonly #listener: (event: RunEvent) => void;

  constructor(runId: string, listener: (event: RunEvent) => void = () => {}) {
    this.#runId = runId;
    this.#listener = listener;
    this.#emit({
      kind: 'run.queued',
      ...this.#base,
      workflow: '.github/workflows/ci.yml',
      workflowName: 'CI',
      name: 'a commit',
      event: 'push',
      runNumber: 1,
    });
  }

  plan(jobKey: string, name = jobKey): void {
    this.#emit({
      kind: 'job.planned',
      ...this.#base,
      jobKey,
      id: jobKey.replace(/\(.*/, ''),
      name,
      needs: [],
    });
  }

  wait(jobKey: string, reason: string): void {
    this.#emit({ kind: 'job.waiting', ...this.#base, jobKey, reason });
  }

  start(jobKey: string, at = 0): void {
    this.#progress(jobKey, { kind: 'job.started', at, executor: 'host' });
  }

  step(jobKey: string, { step, name, at = 0 }: { step: number; name: string; at?: number }): void {
    this.#progress(jobKey, { kind: 'step.started', at, step, name, phase: 'main' });
  }

  log(jobKey: string, step: number, text: string): void {
    this.#progress(jobKey, { kind: 'step.log', step, bytes: Buffer.from(text) });
  }

  endStep(jobKey: string, step: number, conclusion: Conclusion): void {
    const times = { at: 1000, durationMs: 1000 };
    this.#progress(jobKey, { kind: 'step.finished', step, outcome: conclusion, conclusion, ...times });
  }

  /** Any other event of a job. */
  report(jobKey: string, event: JobEvent): void {
    this.#progress(jobKey, event);
  }

  conclude(jobKey: string, conclusion: Conclusion, reason?: string): void {
    const because = reason === undefined ? {} : { reason };
    this.#emit({ kind: 'job.concluded', ...this.#base, jobKey, conclusion, durationMs: 2000, ...because });
  }

  finish(conclusion: Conclusion): void {
    this.#emit({ kind: 'run.finished', ...this.#base, conclusion, durationMs: 3000 });
  }

  get #base() {
    return { runId: this.#runId, at: 0 };
  }

  #progress(jobKey: string, event: JobEvent): void {
    this.#emit({ kind: 'job.progress', ...this.#base, jobKey, event });
  }

  #emit(event: RunEvent): void {
    this.events.push(event);
    this.#listener(event);
  }
}
