import { describe, expect, test } from 'vitest';
import { overlapMs, planKeys, type RotatedKey, signingMs } from './plan-keys.ts';

const hourMs = 60 * 60_000;

describe('the rotation of keys', () => {
  test('makes the first key at once', () => {
    expect(planKeys([], 1_000)).toEqual({
      signing: null,
      create: { signsUntil: 1_000 + signingMs, publishedUntil: 1_000 + signingMs + overlapMs },
      published: [],
      expired: [],
    });
  });

  test('publishes each key a day before it signs, and a day after', () => {
    const keys: RotatedKey[] = [];
    const signedBy: string[] = [];
    const seen = new Map<string, { published: number[]; signing: number[] }>();
    for (let now = 0; now < 4 * signingMs; now += hourMs) {
      let plan = planKeys(keys, now);
      if (plan.create !== null) {
        keys.push({ kid: `key-${keys.length}`, createdAt: now, ...plan.create });
        plan = planKeys(keys, now);
      }
      expect(plan.create).toBeNull();
      expect(plan.published).toContain(plan.signing);
      if (signedBy.at(-1) !== plan.signing) signedBy.push(plan.signing ?? '');
      for (const kid of plan.published) {
        const times = seen.get(kid) ?? { published: [], signing: [] };
        times.published.push(now);
        if (kid === plan.signing) times.signing.push(now);
        seen.set(kid, times);
      }
    }
    expect(signedBy).toEqual(['key-0', 'key-1', 'key-2', 'key-3']);
    for (const [kid, { published, signing }] of seen) {
      if (signing.length === 0) continue;
      const [first = 0] = published;
      if (kid !== 'key-0') expect((signing[0] ?? 0) - first).toBeGreaterThanOrEqual(overlapMs);
      if (kid !== 'key-3') {
        expect((published.at(-1) ?? 0) - (signing.at(-1) ?? 0)).toBeGreaterThanOrEqual(overlapMs);
      }
    }
  });

  test('takes the older of two keys that two servers made at the same moment', () => {
    const key = { createdAt: 5, signsUntil: signingMs, publishedUntil: signingMs + overlapMs };
    expect(
      planKeys(
        [
          { kid: 'b', ...key },
          { kid: 'a', ...key },
        ],
        10,
      ),
    ).toMatchObject({
      signing: 'a',
      create: null,
      published: ['b', 'a'],
    });
  });

  test('after a long downtime there is a key at once, and old ones may be forgotten', () => {
    const old = { kid: 'old', createdAt: 0, signsUntil: 10, publishedUntil: 20 };
    expect(planKeys([old], signingMs)).toMatchObject({
      signing: null,
      create: { signsUntil: 2 * signingMs },
      published: [],
      expired: ['old'],
    });
  });
});
