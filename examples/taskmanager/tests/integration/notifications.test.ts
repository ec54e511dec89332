import { randomBytes, randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { postgresUserStore } from '../../src/auth/postgres-user-store.ts';
import type { Database } from '../../src/database/database.ts';
import type { NotificationStore } from '../../src/notifications/notification.ts';
import { notificationMetrics } from '../../src/notifications/notification-metrics.ts';
import { startNotificationWorker, type WorkerOptions } from '../../src/notifications/notification-worker.ts';
import { postgresNotificationStore } from '../../src/notifications/postgres-notification-store.ts';
import { webhookSender } from '../../src/notifications/senders.ts';
import { openQueueRedis } from '../../src/redis/redis.ts';
import { postgresTaskStore } from '../../src/tasks/postgres-task-store.ts';
import { draftTask, reviseTask, type Task, type TaskChanges, type TaskDraft } from '../../src/tasks/task.ts';
import type { TaskStore } from '../../src/tasks/task-store.ts';
import { startWebhook } from '../memory/webhook.ts';
import { openEmptyDatabase, redisUrl, silentLog } from './servers.ts';
import { runScript, startService } from './service-process.ts';

const hourMs = 3_600_000;
const now = new Date();
const inAnHour = new Date(now.getTime() + hourMs);
const anHourAgo = new Date(now.getTime() - hourMs);
const window = { now, leadMs: 24 * hourMs };
const ada = { id: randomUUID(), email: 'ada@example.com', name: 'Ada' };

let database: Database;
let store: NotificationStore;
let tasks: TaskStore;

beforeAll(async () => {
  database = await openEmptyDatabase();
  store = postgresNotificationStore(database);
  tasks = postgresTaskStore(database);
  await postgresUserStore(database).insert({ user: ada, passwordHash: 'scrypt$2$8$1$c2FsdA$a2V5' });
});
beforeEach(async () => {
  await database.deleteFrom('tasks').execute();
});
afterAll(() => database.destroy());

async function addTask(changes: Partial<TaskDraft> = {}): Promise<Task> {
  const draft: TaskDraft = {
    title: 'Ship it',
    description: '',
    status: 'todo',
    priority: 'normal',
    dueAt: inAnHour,
    assigneeId: ada.id,
    ...changes,
  };
  const task = draftTask(draft, { id: randomUUID(), createdBy: ada.id, now });
  await tasks.insert(task);
  return task;
}

async function change(task: Task, changes: TaskChanges): Promise<void> {
  await tasks.update({
    id: task.id,
    expectedVersion: undefined,
    revise: (current) => reviseTask(current, changes, now),
  });
}

async function recordOne(): Promise<string> {
  await store.recordDue(window);
  const [id, ...others] = await store.pending(10);
  expect(others).toEqual([]);
  return id ?? '';
}

describe('the record of notifications', () => {
  test('holds what is due soon and what is overdue, with whom to tell', async () => {
    const task = await addTask();
    await expect(store.lookUp(await recordOne())).resolves.toMatchObject({
      kind: 'pending',
      notification: {
        kind: 'due-soon',
        task: { id: task.id, title: 'Ship it', dueAt: inAnHour },
        recipient: { email: 'ada@example.com', name: 'Ada' },
      },
    });
    await store.recordDue({ ...window, now: inAnHour });
    const kinds = await Promise.all((await store.pending(10)).map((id) => store.lookUp(id)));
    expect(
      kinds.map((found) => (found.kind === 'pending' ? found.notification.kind : found.kind)).sort(),
    ).toEqual(['due-soon', 'overdue']);
  });

  test('holds nothing for tasks that are done, nobody’s, without a date or due later', async () => {
    await addTask({ status: 'done' });
    await addTask({ assigneeId: null });
    await addTask({ dueAt: null });
    await addTask({ dueAt: new Date(now.getTime() + 25 * hourMs) });
    await store.recordDue(window);
    expect(await store.pending(10)).toEqual([]);
  });

  test('holds each once, however many processes look at the same time', async () => {
    await addTask();
    await Promise.all(Array.from({ length: 6 }, () => store.recordDue(window)));
    expect(await store.pending(10)).toHaveLength(1);
  });

  test('holds another one for another due date, and the first is obsolete', async () => {
    const task = await addTask();
    const first = await recordOne();
    await change(task, { dueAt: new Date(inAnHour.getTime() + hourMs) });
    await store.recordDue(window);
    expect(await store.pending(10)).toHaveLength(2);
    expect(await store.lookUp(first)).toEqual({ kind: 'obsolete' });
  });

  test.each<[string, TaskChanges]>([
    ['finished', { status: 'done' }],
    ['given to nobody', { assigneeId: null }],
    ['without a due date', { dueAt: null }],
  ])('is obsolete for a task that is %s', async (_, changes) => {
    const task = await addTask();
    const id = await recordOne();
    await change(task, changes);
    expect(await store.lookUp(id)).toEqual({ kind: 'obsolete' });
  });

  test('goes with its task', async () => {
    const task = await addTask();
    const id = await recordOne();
    await tasks.remove({ id: task.id, expectedVersion: undefined });
    expect(await store.lookUp(id)).toEqual({ kind: 'settled' });
    expect(await store.pending(10)).toEqual([]);
  });

  test('counts what waits, since when, and what was given up; that can be revived', async () => {
    await addTask();
    const id = await recordOne();
    expect(await store.statistics()).toEqual({ pending: 1, dead: 0, oldestPendingAt: now });
    await store.settle(id, { kind: 'dead', reason: 'no answer' }, now);
    await store.settle(id, { kind: 'sent' }, now);
    expect(await store.statistics()).toEqual({ pending: 0, dead: 1, oldestPendingAt: undefined });
    expect(await store.revive()).toBe(1);
    expect(await store.pending(10)).toEqual([id]);
  });
});

test('npm run revive makes what was given up pending again', async () => {
  await addTask();
  await store.settle(await recordOne(), { kind: 'dead', reason: 'no answer' }, now);
  expect(await runScript('src/revive-notifications.ts')).toMatchObject({
    code: 0,
    stdout: '1 notification is pending again\n',
  });
  expect(await store.statistics()).toMatchObject({ pending: 1, dead: 0 });
});

describe('the worker', () => {
  /** A worker on a queue of this test's own, which looks every 100 ms. */
  function startWorker(url: string, options: Partial<WorkerOptions> & { registry?: Registry } = {}): void {
    const redis = openQueueRedis(redisUrl);
    const registry = options.registry ?? new Registry();
    const worker = startNotificationWorker({
      redis,
      store,
      send: webhookSender(url),
      metrics: notificationMetrics({ registry, store, now: () => new Date() }),
      log: silentLog,
      now: () => new Date(),
      scanIntervalMs: 100,
      reminderLeadMs: 24 * hourMs,
      deliveryAttempts: 3,
      deliveryBackoffMs: 1,
      prefix: `test-${randomBytes(6).toString('hex')}`,
      ...options,
    });
    onTestFinished(async () => {
      await worker.close(30_000);
      redis.disconnect();
    });
  }

  const settled = () => expect.poll(() => store.statistics(), { timeout: 30_000 });

  test('tells assignees what is due, once, with two workers on one queue', async () => {
    const webhook = await startWebhook();
    await addTask({ dueAt: anHourAgo, title: 'late' });
    await addTask({ dueAt: inAnHour, title: 'soon' });
    const prefix = `test-${randomBytes(6).toString('hex')}`;
    startWorker(webhook.url, { prefix });
    startWorker(webhook.url, { prefix });
    await expect.poll(() => webhook.received.length, { timeout: 30_000 }).toBe(2);
    await addTask({ title: 'later' });
    await expect.poll(() => webhook.received.length, { timeout: 30_000 }).toBe(3);
    await settled().toMatchObject({ pending: 0 });
    expect(webhook.received.map(({ body }) => body.text).sort()).toEqual([
      expect.stringContaining('“later” is due'),
      expect.stringContaining('“late” was due'),
      expect.stringContaining('“soon” is due'),
    ]);
  });

  test('tries again when the webhook fails', async () => {
    const webhook = await startWebhook();
    webhook.answers.push(503, 500);
    await addTask();
    startWorker(webhook.url);
    await expect.poll(() => webhook.received.length, { timeout: 30_000 }).toBe(3);
    await settled().toMatchObject({ pending: 0, dead: 0 });
    const ids = new Set(webhook.received.map(({ headers }) => headers['idempotency-key']));
    expect(ids.size).toBe(1);
  });

  test('gives up after the last attempt, and says so in its metrics', async () => {
    const webhook = await startWebhook();
    webhook.answers.push(...Array<number>(20).fill(500));
    const registry = new Registry();
    await addTask();
    startWorker(webhook.url, { registry });
    await settled().toMatchObject({ pending: 0, dead: 1 });
    expect(webhook.received).toHaveLength(3);
    const metrics = await registry.metrics();
    expect(metrics).toContain('notification_deliveries_total{outcome="retried"} 2');
    expect(metrics).toContain('notification_deliveries_total{outcome="dead"} 1');
    expect(metrics).toContain('notifications{state="dead"} 1');
  });

  test('runs as a process that is healthy, measured, and ends cleanly', async () => {
    const webhook = await startWebhook();
    await addTask({ dueAt: anHourAgo });
    const service = await startService(
      { NOTIFY_WEBHOOK_URL: webhook.url, SCAN_INTERVAL_MS: '100' },
      'src/worker.ts',
    );
    onTestFinished(async () => void (await service.stop('SIGKILL')));
    await expect.poll(() => webhook.received.length, { timeout: 30_000 }).toBe(1);
    expect((await fetch(`${service.url}/health`)).status).toBe(200);
    expect((await fetch(`${service.url}/ready`)).status).toBe(200);
    await settled().toMatchObject({ pending: 0 });
    expect(await (await fetch(`${service.url}/metrics`)).text()).toContain(
      'notifications{state="pending",service="worker",version="0.0.0-dev"} 0',
    );
    expect(await service.stop('SIGTERM')).toBe(0);
    expect(service.log.at(-1)).toMatchObject({ msg: 'stopped' });
  });

  test('is unhealthy while Redis is away, and ends all the same', async () => {
    const service = await startService(
      { REDIS_URL: 'redis://127.0.0.1:1/0', SHUTDOWN_GRACE_MS: '500' },
      'src/worker.ts',
    );
    onTestFinished(async () => void (await service.stop('SIGKILL')));
    expect((await fetch(`${service.url}/health`)).status).toBe(503);
    expect(await service.stop('SIGTERM')).toBe(0);
  });
});
