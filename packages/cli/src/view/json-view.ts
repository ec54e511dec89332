import type { RunEvent } from '@slipway/contracts';
import type { Output } from './output.ts';
import type { RunView } from './run-view.ts';
import { summaryObject } from './summary.ts';

/** For programs: every event as one line of JSON, the summary last. Log bytes become text; what is not UTF-8 is replaced. */
export function jsonView(output: Output): RunView {
  const write = (value: object): void => void output.write(`${JSON.stringify(value)}\n`);
  return {
    show: (event) => write(withText(event)),
    say: (line) => write({ kind: 'notice', message: line }),
    async finish(picture, conclusion) {
      write(summaryObject(picture, conclusion));
      await output.flushed();
    },
  };
}

function withText(event: RunEvent): object {
  if (event.kind !== 'job.progress' || event.event.kind !== 'step.log') return event;
  const { kind, step, bytes } = event.event;
  return { ...event, event: { kind, step, text: Buffer.from(bytes).toString('utf8') } };
}
