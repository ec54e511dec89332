import type { Hono } from 'hono';
import type { Logger } from 'pino';
import type { ProcessConfig } from '../config/variables.ts';
import { activeFaults } from '../faults/faults.ts';
import { startFaults } from '../faults/inject-faults.ts';
import type { AppEnv } from '../http/app-env.ts';
import { type HttpServer, startHttpServer } from './http-server.ts';
import { createShutdown } from './shutdown.ts';

/** Serves an app until SIGTERM or SIGINT, then ends in the order of `createShutdown`. */
export async function runProcess(options: {
  config: ProcessConfig;
  log: Logger;
  createApp: (facts: { isDraining: () => boolean }) => Hono<AppEnv>;
  /** Lets go of what requests and jobs needed. */
  release: () => Promise<void>;
}): Promise<void> {
  const { config, log } = options;
  let server: HttpServer | undefined;
  const shutdown = createShutdown({
    server: () => server,
    release: options.release,
    drainMs: config.drainMs,
    graceMs: config.shutdownGraceMs,
    log,
  });
  const app = options.createApp({ isDraining: shutdown.isDraining });

  const faults = activeFaults(config.faults);
  if (faults.length > 0) log.warn({ faults }, 'faults are on: this release is meant to be bad');
  startFaults(config.faults);

  server = await startHttpServer({ fetch: app.fetch, host: config.host, port: config.port });
  log.info({ host: config.host, port: server.port }, 'listening');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // Exits by itself, since a client that is still trying to connect would keep the process alive.
    process.on(signal, () => void shutdown.begin(signal).then(() => process.exit(0)));
  }
}
