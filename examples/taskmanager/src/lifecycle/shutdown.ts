import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { HttpServer } from './http-server.ts';

export type Shutdown = {
  isDraining: () => boolean;
  /**
   * Ends the service in the order that loses no request: say no to new traffic, wait until the load balancer has
   * noticed, finish what is in flight, then let go of what the requests needed. A second call joins the first.
   */
  begin(reason: string): Promise<void>;
};

export function createShutdown(options: {
  server: () => HttpServer | undefined;
  release: () => Promise<void>;
  drainMs: number;
  graceMs: number;
  log: Logger;
}): Shutdown {
  const { log } = options;
  let ending: Promise<void> | undefined;

  async function end(reason: string): Promise<void> {
    log.info({ reason }, 'shutting down');
    await delay(options.drainMs);
    const finished = await options.server()?.close(options.graceMs);
    if (finished === false)
      log.warn('requests were still in flight after the grace period; their connections were cut');
    await options.release();
    log.info('stopped');
  }

  return {
    isDraining: () => ending !== undefined,
    begin(reason) {
      ending ??= end(reason);
      return ending;
    },
  };
}
