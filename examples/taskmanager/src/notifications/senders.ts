import type { Logger } from 'pino';
import type { Sender } from './deliver.ts';
import type { Notification } from './notification.ts';

/** Posts JSON, with the notification's id as Idempotency-Key. Anything but a 2xx answer within ten seconds is a failure. */
export function webhookSender(url: string, timeoutMs = 10_000): Sender {
  return async (notification) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': notification.id },
      body: JSON.stringify(toMessage(notification)),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`The webhook answered ${response.status}`);
  };
}

/** For a system without a webhook: the log says whom it would have told what. */
export function logSender(log: Logger): Sender {
  return async (notification) => log.info({ notification: toMessage(notification) }, 'notification');
}

function toMessage({ id, kind, task, recipient }: Notification) {
  const due = task.dueAt.toISOString();
  const text = kind === 'overdue' ? `“${task.title}” was due on ${due}` : `“${task.title}” is due on ${due}`;
  return { id, kind, text, task: { ...task, dueAt: due }, recipient };
}
