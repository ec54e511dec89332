import { describe, expect, test } from 'vitest';
import { deliver, type Sender } from './deliver.ts';
import type { Lookup, Notification, NotificationStore, Outcome } from './notification.ts';

const now = () => new Date('2026-03-02T08:00:00Z');
const notification: Notification = {
  id: 'n1',
  kind: 'overdue',
  task: { id: 't1', title: 'Ship it', dueAt: new Date('2026-03-01T17:00:00Z') },
  recipient: { email: 'ada@example.com', name: 'Ada' },
};

/** A store that holds one notification, in the state that is given. */
function storeWith(found: Lookup): { store: NotificationStore; settled: Outcome[] } {
  const settled: Outcome[] = [];
  return {
    settled,
    store: {
      recordDue: async () => {},
      pending: async () => [],
      lookUp: async () => found,
      settle: async (_, outcome) => void settled.push(outcome),
      revive: async () => 0,
      statistics: async () => ({ pending: 0, dead: 0, oldestPendingAt: undefined }),
    },
  };
}

const refusing: Sender = () => Promise.reject(new Error('The webhook answered 503'));

describe('deliver', () => {
  test('sends what is pending and records that it did', async () => {
    const sent: Notification[] = [];
    const { store, settled } = storeWith({ kind: 'pending', notification });
    const send: Sender = async (message) => void sent.push(message);
    expect(await deliver('n1', { store, send, now, isLastAttempt: false })).toBe('sent');
    expect(sent).toEqual([notification]);
    expect(settled).toEqual([{ kind: 'sent' }]);
  });

  test('a failure is the queue’s to repeat, and nothing is recorded', async () => {
    const { store, settled } = storeWith({ kind: 'pending', notification });
    await expect(deliver('n1', { store, send: refusing, now, isLastAttempt: false })).rejects.toThrow('503');
    expect(settled).toEqual([]);
  });

  test('a failure of the last attempt gives it up, with the reason', async () => {
    const { store, settled } = storeWith({ kind: 'pending', notification });
    expect(await deliver('n1', { store, send: refusing, now, isLastAttempt: true })).toBe('dead');
    expect(settled).toEqual([{ kind: 'dead', reason: 'The webhook answered 503' }]);
  });

  test('what nobody wants any more is not sent', async () => {
    const { store, settled } = storeWith({ kind: 'obsolete' });
    expect(await deliver('n1', { store, send: refusing, now, isLastAttempt: false })).toBe('obsolete');
    expect(settled).toEqual([{ kind: 'obsolete' }]);
  });

  test('a second job for what was settled does nothing', async () => {
    const { store, settled } = storeWith({ kind: 'settled' });
    expect(await deliver('n1', { store, send: refusing, now, isLastAttempt: false })).toBe('settled');
    expect(settled).toEqual([]);
  });
});
