import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Whether the body was signed with the secret.
 * @param header `X-Hub-Signature-256`
 * @see https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export function isSigned(secret: string, body: Uint8Array, header: string | undefined): boolean {
  const given = Buffer.from(/^sha256=([0-9a-f]{64})$/i.exec(header ?? '')?.[1] ?? '', 'hex');
  const wanted = createHmac('sha256', secret).update(body).digest();
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
