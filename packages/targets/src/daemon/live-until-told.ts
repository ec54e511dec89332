import { existsSync } from 'node:fs';

export interface DaemonLife {
  /** Folder of the state: when somebody removes it there is nothing left to do. */
  directory: string;
  /** Asked for by control. */
  ended: Promise<void>;
}

const lookMs = 2_000;

/**
 * Resolves when a daemon has to end: `signal` leaves behind what it looks after, for its successor; `ended` and `removed` take it along.
 */
export function liveUntilTold({ directory, ended }: DaemonLife): Promise<'signal' | 'ended' | 'removed'> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!existsSync(directory)) finish('removed');
    }, lookMs);
    const onSignal = () => finish('signal');
    process.once('SIGTERM', onSignal);
    process.once('SIGINT', onSignal);
    void ended.then(() => finish('ended'));
    function finish(why: 'signal' | 'ended' | 'removed'): void {
      clearInterval(timer);
      process.off('SIGTERM', onSignal);
      process.off('SIGINT', onSignal);
      resolve(why);
    }
  });
}
