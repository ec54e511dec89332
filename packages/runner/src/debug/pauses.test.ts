import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPauses } from './pauses.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('time in which the job is held does not count against a limit', async () => {
  const pauses = createPauses(() => Date.now());
  let expired = false;
  pauses.after(1000, () => {
    expired = true;
  });
  await vi.advanceTimersByTimeAsync(600);
  let release = () => {};
  const held = pauses.during(() => new Promise<void>((resolve) => (release = resolve)));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(expired).toBe(false);
  release();
  await held;
  await vi.advanceTimersByTimeAsync(399);
  expect(expired).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(expired).toBe(true);
});

test('a limit that begins while the job is held counts from its release', async () => {
  const pauses = createPauses(() => Date.now());
  let release = () => {};
  const held = pauses.during(() => new Promise<void>((resolve) => (release = resolve)));
  const act = vi.fn();
  pauses.after(100, act);
  await vi.advanceTimersByTimeAsync(500);
  expect(act).not.toHaveBeenCalled();
  release();
  await held;
  await vi.advanceTimersByTimeAsync(100);
  expect(act).toHaveBeenCalledOnce();
});

test('a limit that is cancelled never expires, held or not', async () => {
  const pauses = createPauses(() => Date.now());
  const act = vi.fn();
  const cancel = pauses.after(100, act);
  await pauses.during(async () => cancel());
  await vi.advanceTimersByTimeAsync(1000);
  expect(act).not.toHaveBeenCalled();
});

test('one pause waits for the other, and one that fails lets the next go on', async () => {
  const pauses = createPauses(() => Date.now());
  const order: string[] = [];
  const first = pauses.during(async () => {
    order.push('first begins');
    await Promise.resolve();
    order.push('first ends');
    throw new Error('gone');
  });
  const second = pauses.during(async () => void order.push('second'));
  await expect(first).rejects.toThrow('gone');
  await second;
  expect(order).toEqual(['first begins', 'first ends', 'second']);
});
