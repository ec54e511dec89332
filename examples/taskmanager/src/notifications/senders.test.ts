import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { startWebhook } from '../../tests/memory/webhook.ts';
import type { Notification } from './notification.ts';
import { logSender, webhookSender } from './senders.ts';

const notification: Notification = {
  id: 'b7b1f0a2-0000-4000-8000-000000000001',
  kind: 'overdue',
  task: { id: 't1', title: 'Ship it', dueAt: new Date('2026-03-01T17:00:00Z') },
  recipient: { email: 'ada@example.com', name: 'Ada' },
};

describe('a webhook', () => {
  test('gets the notification with an id by which it can tell repetitions', async () => {
    const webhook = await startWebhook();
    await webhookSender(webhook.url)(notification);
    expect(webhook.received).toMatchObject([
      {
        headers: { 'idempotency-key': notification.id, 'content-type': 'application/json' },
        body: {
          kind: 'overdue',
          text: '“Ship it” was due on 2026-03-01T17:00:00.000Z',
          recipient: { email: 'ada@example.com' },
        },
      },
    ]);
  });

  test.each([500, 404, 302])('that answers %i has not taken it', async (status) => {
    const webhook = await startWebhook();
    webhook.answers.push(status);
    await expect(webhookSender(webhook.url)(notification)).rejects.toThrow();
    expect(webhook.received).toHaveLength(1);
  });

  test('that is not there is a failure', async () => {
    await expect(webhookSender('http://127.0.0.1:1/hook')(notification)).rejects.toThrow();
  });
});

test('without a webhook the log says whom it would have told what', async () => {
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  await logSender(log)({ ...notification, kind: 'due-soon' });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    msg: 'notification',
    notification: { text: '“Ship it” is due on 2026-03-01T17:00:00.000Z', recipient: { name: 'Ada' } },
  });
});
