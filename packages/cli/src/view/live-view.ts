import type { WriteStream } from 'node:tty';
import type { RunEvent } from '@slipway/contracts';
import { durationText } from '@slipway/contracts/duration-text';
import { liveFrame } from './live-frame.ts';
import type { RunPicture } from './run-picture.ts';
import type { RunView } from './run-view.ts';
import { Screen } from './screen.ts';
import type { Style } from './style.ts';
import { summaryLines } from './summary.ts';

const redrawMs = 100;
const failureTail = 30;

export interface LiveViewOptions {
  terminal: WriteStream;
  picture: RunPicture;
  style: Style;
  /** Epoch milliseconds. */
  clock(): number;
}

/** For people at a terminal: what runs now at the bottom, what has concluded scrolling up above it. */
export function liveView({ terminal, picture, style, clock }: LiveViewOptions): RunView {
  const screen = new Screen(terminal);
  let above: string[] = [];
  let tick = 0;
  let holds = 0;

  function redraw(): void {
    if (holds > 0) return;
    const rows = Math.max(2, screen.rows - 1);
    screen.draw(above, liveFrame(picture, { now: clock(), rows, style, tick }));
    above = [];
  }

  const timer = setInterval(() => {
    tick += 1;
    redraw();
  }, redrawMs);
  timer.unref();
  terminal.on('resize', redraw);

  return {
    show(event) {
      if (event.kind === 'job.concluded') above.push(concludedLine(event, picture, style));
    },
    say(line) {
      above.push(line);
      redraw();
    },
    hold() {
      if (holds++ === 0) screen.clear();
      return () => {
        holds -= 1;
        redraw();
      };
    },
    async finish(last) {
      clearInterval(timer);
      terminal.off('resize', redraw);
      screen.draw(above, []);
      screen.close();
      const lines = ['', ...summaryLines(last, { style, tails: () => failureTail })];
      await new Promise<void>((resolve) => terminal.write(`${lines.join('\n')}\n`, () => resolve()));
    },
  };
}

function concludedLine(
  { runId, jobKey, conclusion, durationMs, reason }: Extract<RunEvent, { kind: 'job.concluded' }>,
  picture: RunPicture,
  style: Style,
): string {
  const run = picture.runs.get(runId);
  const name = `${run?.workflowName ?? runId} / ${run?.jobs.get(jobKey)?.name ?? jobKey}`;
  const time = conclusion === 'skipped' ? '' : ` ${durationText(durationMs)}`;
  return `${style.mark(conclusion)} ${name}${style.dim(`${time}${reason === undefined ? '' : `  ${reason}`}`)}`;
}
