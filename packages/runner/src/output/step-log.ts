import type { JobEvent } from '@slipway/contracts';
import type { Masker } from './masker.ts';

/**
 * Takes what happens in a job, in order. A promise means: wait for it before more output is read
 * (the terminal or the network is slower than the step).
 */
export type EmitJobEvent = (event: JobEvent) => void | Promise<void>;

/** The log of one step, as people see it. */
export interface StepLog {
  /** Takes a block of whole lines as a process printed them. May keep it; see `keeps`. */
  write(lines: Buffer): void;
  /** Takes a text of the runner's own; a newline is added. */
  line(text: string): void;
  /** Hands over what is held back: before an event that must come after these lines, and at the end of the step. */
  flush(): void;
  /** Whether a block is held back, or being received. */
  readonly keeps: boolean;
  /** Present while whoever receives the log asks for a pause. */
  readonly pause: Promise<void> | undefined;
}

/** Blocks of this size are handed over at once, less after a moment: people don't notice, and few events are cheap. */
const blockBytes = 64 * 1024;
const holdMs = 10;

export function createStepLog(options: { step: number; masker: Masker; emit: EmitJobEvent }): StepLog {
  const { step, masker, emit } = options;
  let held: Buffer[] = [];
  let heldBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  let pause: Promise<void> | undefined;

  function flush(): void {
    if (timer !== undefined) clearTimeout(timer);
    timer = undefined;
    const [first] = held;
    if (first === undefined) return;
    const bytes = held.length === 1 ? first : Buffer.concat(held, heldBytes);
    held = [];
    heldBytes = 0;
    const asked = emit({ kind: 'step.log', step, bytes });
    if (asked === undefined) return;
    const resume = () => {
      if (pause === current) pause = undefined;
    };
    // A receiver that fails must not stop the step.
    const current = asked.then(resume, resume);
    pause = current;
  }

  function write(lines: Buffer): void {
    const masked = masker.maskLines(lines);
    held.push(masked);
    heldBytes += masked.length;
    if (heldBytes >= blockBytes) flush();
    else timer ??= setTimeout(flush, holdMs);
  }

  return {
    write,
    line: (text) => write(Buffer.from(`${text}\n`, 'utf8')),
    flush,
    get keeps() {
      return held.length > 0 || pause !== undefined;
    },
    get pause() {
      return pause;
    },
  };
}
