import { randomUUID } from 'node:crypto';
import { getConnInfo } from '@hono/node-server/conninfo';
import { pino } from 'pino';
import { createApp } from './app.ts';
import { postgresSessionStore } from './auth/postgres-session-store.ts';
import { postgresUserStore } from './auth/postgres-user-store.ts';
import { type Config, readConfig } from './config.ts';
import { openDatabase } from './database/database.ts';
import { databaseProbe, schemaProbe } from './database/probes.ts';
import { activeFaults } from './faults/faults.ts';
import { faultProbes, startFaults } from './faults/inject-faults.ts';
import { clientAddress } from './http/client-address.ts';
import { type HttpServer, startHttpServer } from './lifecycle/http-server.ts';
import { createShutdown } from './lifecycle/shutdown.ts';
import { createRegistry } from './metrics/metrics.ts';
import { openRedis } from './redis/redis.ts';
import { redisCache } from './redis/redis-cache.ts';
import { redisProbe } from './redis/redis-probe.ts';
import { redisRateLimiter } from './redis/redis-rate-limiter.ts';
import { cachedTaskStore } from './tasks/cached-task-store.ts';
import { postgresTaskStore } from './tasks/postgres-task-store.ts';

const reading = readConfig(process.env);
if (reading.kind === 'invalid') {
  process.stderr.write(
    `The configuration is wrong:\n${reading.problems.map((line) => `  ${line}\n`).join('')}`,
  );
  process.exit(2);
}
await serve(reading.config);

async function serve(config: Config): Promise<void> {
  const log = pino({ level: config.logLevel, base: { service: 'api', ...config.build } });
  const database = openDatabase(config.databaseUrl, { log });
  const redis = openRedis(config.redisUrl, log);
  const now = () => new Date();

  let server: HttpServer | undefined;
  const shutdown = createShutdown({
    server: () => server,
    async release() {
      await database.destroy();
      redis.disconnect();
    },
    drainMs: config.drainMs,
    graceMs: config.shutdownGraceMs,
    log,
  });

  const app = createApp({
    log,
    now,
    newId: randomUUID,
    build: config.build,
    users: postgresUserStore(database),
    sessions: postgresSessionStore(database),
    sessionTtlMs: config.sessionTtlMs,
    tasks: cachedTaskStore(postgresTaskStore(database), redisCache(redis, log)),
    apiLimiter: redisRateLimiter(redis, { name: 'api', points: config.requestsPerMinute, windowSeconds: 60 }),
    signInLimiter: redisRateLimiter(redis, {
      name: 'sign-in',
      points: config.signInAttempts,
      windowSeconds: 15 * 60,
    }),
    clientAddress: (context) =>
      clientAddress({
        socketAddress: getConnInfo(context).remote.address,
        forwardedFor: context.req.header('x-forwarded-for'),
        trustedProxies: config.trustedProxies,
      }),
    healthProbes: [databaseProbe(database), redisProbe(redis), ...faultProbes(config.faults)],
    readinessProbes: [schemaProbe(database)],
    isDraining: shutdown.isDraining,
    registry: createRegistry('api', config.build),
    monotonicMs: () => performance.now(),
    faults: config.faults,
    random: Math.random,
  });

  const active = activeFaults(config.faults);
  if (active.length > 0) log.warn({ faults: active }, 'faults are on: this release is meant to be bad');
  startFaults(config.faults);
  server = await startHttpServer({ fetch: app.fetch, host: config.host, port: config.port });
  log.info({ host: config.host, port: server.port }, 'listening');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void shutdown.begin(signal));
  }
}
