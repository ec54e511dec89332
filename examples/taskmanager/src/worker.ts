import { pino } from 'pino';
import { requireConfig } from './config/require-config.ts';
import { readWorkerConfig } from './config/worker-config.ts';
import { openDatabase } from './database/database.ts';
import { databaseProbe, schemaProbe } from './database/probes.ts';
import { faultProbes } from './faults/inject-faults.ts';
import { createOperationsApp } from './health/operations-app.ts';
import { runProcess } from './lifecycle/run-process.ts';
import { createRegistry } from './metrics/metrics.ts';
import { notificationMetrics } from './notifications/notification-metrics.ts';
import { startNotificationWorker } from './notifications/notification-worker.ts';
import { postgresNotificationStore } from './notifications/postgres-notification-store.ts';
import { logSender, webhookSender } from './notifications/senders.ts';
import { openQueueRedis, openRedis } from './redis/redis.ts';
import { redisProbe } from './redis/redis-probe.ts';

/** `npm run start:worker`: reminds assignees of what is due. It serves only `/health`, `/ready` and `/metrics`. */
const config = requireConfig(readWorkerConfig(process.env));
const log = pino({ level: config.logLevel, base: { service: 'worker', ...config.build } });
const now = () => new Date();
const database = openDatabase(config.databaseUrl, { log });
const store = postgresNotificationStore(database);
const registry = createRegistry('worker', config.build);
const probeRedis = openRedis(config.redisUrl, log);
const queueRedis = openQueueRedis(config.redisUrl);

const worker = startNotificationWorker({
  ...config,
  redis: queueRedis,
  store,
  send: config.webhookUrl ? webhookSender(config.webhookUrl) : logSender(log),
  metrics: notificationMetrics({ registry, store, now }),
  log,
  now,
});

await runProcess({
  config,
  log,
  async release() {
    await worker.close(config.shutdownGraceMs);
    await database.destroy();
    queueRedis.disconnect();
    probeRedis.disconnect();
  },
  createApp: ({ isDraining }) =>
    createOperationsApp({
      log,
      monotonicMs: () => performance.now(),
      registry,
      healthProbes: [
        databaseProbe(database),
        redisProbe(probeRedis, { required: true }),
        ...faultProbes(config.faults),
      ],
      readinessProbes: [schemaProbe(database)],
      isDraining,
      build: config.build,
    }),
});
