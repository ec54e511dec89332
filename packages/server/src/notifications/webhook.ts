import { createHmac } from 'node:crypto';
import type { WebhookChannel } from '@slipway/delivery';
import { postOutside } from './post-outside.ts';
import type { Telling } from './telling.ts';

/**
 * Sends the notice as JSON. `X-Slipway-Signature-256` is `sha256=` and the HMAC of `<X-Slipway-Timestamp>.<body>` in hexadecimal: who checks
 * both, and that the time is of now, can't be shown an old message. `X-Slipway-Delivery` is the same when a message is sent again.
 * @throws OutsideError
 */
export async function tellWebhook(
  { url, signingSecret }: WebhookChannel,
  { id, notice, secretOf, privateHosts, now }: Telling,
): Promise<void> {
  const body = JSON.stringify(notice);
  const timestamp = String(Math.floor(now() / 1000));
  await postOutside({
    url,
    headers: {
      'content-type': 'application/json',
      'x-slipway-event': `deployment.${notice.topic}`,
      'x-slipway-delivery': String(id),
      'x-slipway-timestamp': timestamp,
      'x-slipway-signature-256': signatureOf(await secretOf(signingSecret), `${timestamp}.${body}`),
    },
    body,
    privateHosts,
    now,
  });
}

export function signatureOf(secret: string, text: string): string {
  return `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;
}
