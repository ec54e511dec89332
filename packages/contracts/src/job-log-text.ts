import { durationText } from './duration-text.ts';
import type { JobEvent } from './job-event.ts';

/**
 * How a job reads as text: a heading for each step, its output as printed, and a closing line for a step that did not succeed.
 * Holds which step's output was last, because background steps print between each other.
 */
export class JobLogText {
  #names = new Map<number, string>();
  #current: number | null = null;

  /** What the event adds to the text, or null. */
  of(event: JobEvent): Uint8Array | null {
    switch (event.kind) {
      case 'step.started':
        this.#names.set(event.step, event.name);
        return null;
      case 'step.log':
        return this.#output(event.step, event.bytes);
      case 'step.finished':
        return this.#closing(event);
      case 'job.finished':
        return event.reason === undefined ? null : encoder.encode(`${event.reason}\n`);
      case 'job.started':
      case 'step.annotation':
      case 'step.summary':
        return null;
      default:
        return event satisfies never;
    }
  }

  #output(step: number, bytes: Uint8Array): Uint8Array {
    if (this.#current === step) return bytes;
    return concat([this.#heading(step), bytes]);
  }

  #closing({
    step,
    conclusion,
    outcome,
    durationMs,
  }: Extract<JobEvent, { kind: 'step.finished' }>): Uint8Array | null {
    const name = this.#names.get(step) ?? `Step ${step}`;
    if (conclusion === 'skipped') return encoder.encode(`── ${name} (skipped)\n`);
    const heading = this.#current === step ? new Uint8Array(0) : this.#heading(step);
    if (outcome === 'success') return heading.length === 0 ? null : heading;
    const forgiven = conclusion === 'success' ? ', continues on error' : '';
    return concat([
      heading,
      encoder.encode(`── ${outcome}: ${name} (${durationText(durationMs)}${forgiven})\n`),
    ]);
  }

  #heading(step: number): Uint8Array {
    this.#current = step;
    return encoder.encode(`── ${this.#names.get(step) ?? `Step ${step}`}\n`);
  }
}

const encoder = new TextEncoder();

function concat([first, second]: readonly [Uint8Array, Uint8Array]): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
