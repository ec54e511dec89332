import type { Channel } from '@slipway/delivery';
import type { Notice } from '../delivery/notice.ts';
import type { Store } from '../store/open-store.ts';

/** What telling people needs. */
export interface NotificationSources {
  store: Store;
  now: () => number;
  /** `notifications` of the `slipway.yml` that is in force. */
  channelsOf(project: string): Promise<Channel[]>;
  /** Of the environment, the project or the organisation, the nearest first. */
  secretOf(place: { project: string; environment: string }, name: string): Promise<string | undefined>;
  /** Hosts that may be told things although their addresses are private. */
  privateHosts: readonly string[];
  /** What else is written down of a notice before people are told: safe to repeat. */
  record(notice: Notice): Promise<void>;
}
