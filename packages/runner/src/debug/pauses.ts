/** A job's time limits, and the times at which they stand still. */
export interface Pauses {
  /** Calls `act` after so much time in which the job was not held. @returns what cancels it */
  after(delayMs: number, act: () => void): () => void;
  /** Holds the job while the work takes; one at a time. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

/** setTimeout's longest. */
const longestDelayMs = 2 ** 31 - 1;

/** Not `performance.now()`: what stands behind it is loaded when it is first asked, which every job would feel. */
function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

interface Limit {
  act: () => void;
  leftMs: number;
  startedAt: number;
  timer: NodeJS.Timeout | undefined;
}

export function createPauses(now: () => number = monotonicMs): Pauses {
  const limits = new Set<Limit>();
  let holding = 0;
  let last: Promise<unknown> = Promise.resolve();

  function run(limit: Limit): void {
    limit.startedAt = now();
    const expire = () => {
      limits.delete(limit);
      limit.act();
    };
    limit.timer = setTimeout(expire, Math.min(Math.max(limit.leftMs, 0), longestDelayMs));
  }

  function hold(): void {
    if (holding++ > 0) return;
    for (const limit of limits) {
      clearTimeout(limit.timer);
      limit.leftMs -= now() - limit.startedAt;
    }
  }

  function release(): void {
    if (--holding === 0) for (const limit of limits) run(limit);
  }

  return {
    after(delayMs, act) {
      const limit: Limit = { act, leftMs: delayMs, startedAt: 0, timer: undefined };
      limits.add(limit);
      if (holding === 0) run(limit);
      return () => {
        clearTimeout(limit.timer);
        limits.delete(limit);
      };
    },
    async during(work) {
      const before = last;
      const turn = (async () => {
        hold();
        try {
          await before;
          return await work();
        } finally {
          release();
        }
      })();
      last = turn.catch(() => {});
      return await turn;
    },
  };
}
