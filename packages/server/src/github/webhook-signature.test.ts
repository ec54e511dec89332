import { expect, it } from 'vitest';
import { isSigned } from './webhook-signature.ts';

/** @see https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation */
it("holds for GitHub's own example, and for nothing near it", () => {
  const secret = "It's a Secret to Everybody";
  const body = new TextEncoder().encode('Hello, World!');
  const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
  expect(isSigned(secret, body, signature)).toBe(true);
  expect(isSigned(secret, body, signature.toUpperCase().replace('SHA256', 'sha256'))).toBe(true);
  for (const wrong of [
    undefined,
    '',
    'sha256=',
    signature.slice(0, -1),
    signature.replace('7', '8'),
    `${signature}0`,
  ]) {
    expect(isSigned(secret, body, wrong)).toBe(false);
  }
  expect(isSigned('another', body, signature)).toBe(false);
  expect(isSigned(secret, new TextEncoder().encode('Hello, World?'), signature)).toBe(false);
});
