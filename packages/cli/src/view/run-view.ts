import type { Conclusion, RunEvent } from '@slipway/contracts';
import type { RunPicture } from './run-picture.ts';

/** Shows runs while they happen; one of `plain`, `live`, `json`. */
export interface RunView {
  /** After the event is in the journal and in the picture. */
  show(event: RunEvent): void;
  /** Something for people that is no event: an interrupted run found, what `Ctrl-C` does. One line. */
  say(line: string): void;
  /** Keeps still while something else has the terminal. @returns what lets it go on. Absent: the view draws on none. */
  hold?(): () => void;
  /** After the last event: the summary, and nothing is left unwritten. */
  finish(picture: RunPicture, conclusion: Conclusion): Promise<void>;
}
