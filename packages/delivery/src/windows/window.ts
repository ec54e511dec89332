/** When an environment is closed to deployments. Rolling back is always allowed. */
export type ClosedWindow = FreezeWindow | PeakHours;

/** From one moment to another, e.g. over the holidays. */
export interface FreezeWindow {
  kind: 'freeze';
  fromMs: number;
  /** The first moment at which deployments may go on. */
  untilMs: number;
  reason: string;
}

/** Each week on these days. An urgent deployment may pass. */
export interface PeakHours {
  kind: 'peak-hours';
  /** 0 is Sunday. For hours past midnight, the days on which they begin. */
  weekdays: readonly number[];
  /** Minutes since midnight by the clock of the zone. */
  fromMinute: number;
  /** Smaller than or equal to `fromMinute`: the next day. */
  untilMinute: number;
  /** IANA name. */
  timeZone: string;
}

/** What starts a window, and what an environment does to a rollout that is under way then. */
export type FreezePolicy = 'hold' | 'continue' | 'rollback';
