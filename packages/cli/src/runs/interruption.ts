/** What happens when someone wants the runs to end. */
export interface Interruptible {
  /** Ends them as GitHub does: steps with `always()` still run. */
  cancel(reason: string): void;
  /** Ends them at once. */
  kill(reason: string): void;
  say(line: string): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first signal cancels, the second kills, the third leaves at once. */
export class Interruption {
  readonly #runs: Interruptible;
  readonly #controller = new AbortController();
  #count = 0;

  constructor(runs: Interruptible) {
    this.#runs = runs;
    for (const signal of signals) process.on(signal, this.#onSignal);
  }

  get happened(): boolean {
    return this.#count > 0;
  }

  /** Aborted with the first. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Nobody reads the output any more, or it cannot be kept. */
  cancel(reason: string): void {
    this.#count += 1;
    if (this.#count !== 1) return;
    this.#runs.cancel(reason);
    this.#controller.abort();
  }

  end(): void {
    for (const signal of signals) process.off(signal, this.#onSignal);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.#count += 1;
    if (this.#count === 1) {
      const again = signal === 'SIGINT' ? '; press Ctrl-C again to kill what still runs' : '';
      this.#runs.say(`Cancelling${again}`);
      this.#runs.cancel(`cancelled by ${signal}`);
      this.#controller.abort();
    } else if (this.#count === 2) {
      this.#runs.say('Killing what still runs');
      this.#runs.kill(`killed by ${signal}`);
    } else process.exit(130);
  };
}
