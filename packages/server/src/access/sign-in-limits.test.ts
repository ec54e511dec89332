import { expect, test } from 'vitest';
import { createSignInLimits } from './sign-in-limits.ts';

test.each([
  ['10.0.0.1', '10.0.0.1', true],
  ['10.0.0.1', '::ffff:10.0.0.1', true],
  ['10.0.0.1', '10.0.0.2', false],
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
  ['2001:db8::1', '2001:db8:0:0:1:2:3:4', true],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
  ['::1', '0:0:0:0:0:0:0:1', true],
])('%s and %s count as the same: %s', async (one, other, isSame) => {
  const limits = createSignInLimits({ tokensPerMinute: 1 });
  await limits.tokenFailed(one);
  const second = limits.tokenFailed(other);
  if (isSame)
    await expect(second).rejects.toMatchObject({ code: 'too-many-attempts', retryAfterSeconds: 60 });
  else await second;
});
