import type { RunEvent } from '@slipway/contracts';
import type { JobLog } from '../journal/job-log.ts';
import { RunJournal } from '../journal/run-journal.ts';
import { addToPicture, emptyPicture, type RunPicture } from '../view/run-picture.ts';
import type { RunView } from '../view/run-view.ts';

export interface RunWatchOptions {
  /** Folder that keeps a run. */
  folderOf(runId: string): string;
  /** The logs cannot be kept, e.g. because the disk is full. Called once. */
  onUnwritable(error: Error): void;
}

/** Where everything that happens to runs goes: first into their journals, then into the picture, then to the view. */
export class RunWatch {
  readonly picture: RunPicture = emptyPicture();
  readonly #options: RunWatchOptions;
  readonly #journals = new Map<string, RunJournal>();
  #view: RunView | null = null;
  #isUnwritable = false;
  /** Told of everything after it is kept. */
  listener: ((event: RunEvent) => void) | null = null;

  constructor(options: RunWatchOptions) {
    this.#options = options;
  }

  set view(view: RunView) {
    this.#view = view;
  }

  readonly emit = (event: RunEvent): void => {
    this.#keep(event);
    addToPicture(this.picture, event);
    this.#view?.show(event);
    // What was printed is only lent.
    if (event.kind === 'job.progress') this.#journals.get(event.runId)?.log(event.jobKey).forget();
    this.listener?.(event);
  };

  /** Into the journal only: it has been shown when it happened. */
  carryOver(runId: string, lines: readonly string[]): void {
    this.#write(() => this.#journal(runId).addLines(lines));
  }

  logOf(runId: string, jobKey: string): JobLog {
    return this.#journal(runId).log(jobKey);
  }

  close(): void {
    for (const journal of this.#journals.values()) journal.close();
  }

  #keep(event: RunEvent): void {
    this.#write(() => this.#journal(event.runId).add(event));
  }

  #write(write: () => void): void {
    if (this.#isUnwritable) return;
    try {
      write();
    } catch (error) {
      this.#isUnwritable = true;
      this.#options.onUnwritable(error as Error);
    }
  }

  #journal(runId: string): RunJournal {
    let journal = this.#journals.get(runId);
    if (journal === undefined) {
      journal = new RunJournal(this.#options.folderOf(runId));
      this.#journals.set(runId, journal);
    }
    return journal;
  }
}
