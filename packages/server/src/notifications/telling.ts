import type { Notice } from '../delivery/notice.ts';

/** What a channel needs to tell something. */
export interface Telling {
  /** Names this very message, whenever it is sent again. */
  id: number;
  notice: Notice;
  /** What the first message about the same deployment is called there; null: this is the first. */
  thread: string | null;
  /** @throws OutsideError if no secret of this name is set */
  secretOf: (name: string) => Promise<string>;
  privateHosts: readonly string[];
  now: () => number;
}
