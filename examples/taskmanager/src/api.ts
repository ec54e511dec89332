import { randomUUID } from 'node:crypto';
import { getConnInfo } from '@hono/node-server/conninfo';
import { pino } from 'pino';
import { createApp } from './app.ts';
import { postgresSessionStore } from './auth/postgres-session-store.ts';
import { postgresUserStore } from './auth/postgres-user-store.ts';
import { readApiConfig } from './config/api-config.ts';
import { requireConfig } from './config/require-config.ts';
import { openDatabase } from './database/database.ts';
import { databaseProbe, schemaProbe } from './database/probes.ts';
import { faultProbes } from './faults/inject-faults.ts';
import { clientAddress } from './http/client-address.ts';
import { runProcess } from './lifecycle/run-process.ts';
import { createRegistry } from './metrics/metrics.ts';
import { openRedis } from './redis/redis.ts';
import { redisCache } from './redis/redis-cache.ts';
import { redisProbe } from './redis/redis-probe.ts';
import { redisRateLimiter } from './redis/redis-rate-limiter.ts';
import { cachedTaskStore } from './tasks/cached-task-store.ts';
import { postgresTaskStore } from './tasks/postgres-task-store.ts';

/** `npm start`: the API. */
const config = requireConfig(readApiConfig(process.env));
const log = pino({ level: config.logLevel, base: { service: 'api', ...config.build } });
const database = openDatabase(config.databaseUrl, { log });
const redis = openRedis(config.redisUrl, log);

await runProcess({
  config,
  log,
  async release() {
    await database.destroy();
    redis.disconnect();
  },
  createApp: ({ isDraining }) =>
    createApp({
      log,
      now: () => new Date(),
      monotonicMs: () => performance.now(),
      newId: randomUUID,
      random: Math.random,
      build: config.build,
      faults: config.faults,
      registry: createRegistry('api', config.build),
      users: postgresUserStore(database),
      sessions: postgresSessionStore(database),
      sessionTtlMs: config.sessionTtlMs,
      tasks: cachedTaskStore(postgresTaskStore(database), redisCache(redis, log)),
      apiLimiter: redisRateLimiter(redis, {
        name: 'api',
        points: config.requestsPerMinute,
        windowSeconds: 60,
      }),
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
      healthProbes: [
        databaseProbe(database),
        redisProbe(redis, { required: false }),
        ...faultProbes(config.faults),
      ],
      readinessProbes: [schemaProbe(database)],
      isDraining,
    }),
});
