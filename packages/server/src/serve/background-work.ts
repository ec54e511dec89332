/** Work that is looked for from time to time, and at once when somebody knows of some. One look at a time. */
export interface BackgroundWork {
  /** There is something to do. */
  wake(): void;
  close(): Promise<void>;
}

export function startBackgroundWork(
  work: () => Promise<void>,
  { everyMs, onTrouble }: { everyMs: number; onTrouble: (error: unknown) => void },
): BackgroundWork {
  let isClosed = false;
  let isDue = false;
  let wakeUp = () => {};
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, everyMs);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
      if (isDue || isClosed) wakeUp();
    });
  const loop = (async () => {
    while (!isClosed) {
      isDue = false;
      await work().catch(onTrouble);
      await pause();
    }
  })();
  return {
    wake() {
      isDue = true;
      wakeUp();
    },
    close() {
      isClosed = true;
      wakeUp();
      return loop;
    },
  };
}
