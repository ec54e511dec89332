import type { EmailChannel } from '@slipway/delivery';
import { noticeLines, noticeTitle } from './notice-text.ts';
import { OutsideError } from './post-outside.ts';
import type { Telling } from './telling.ts';

const timeoutMs = 20_000;

/** Sends by the SMTP server that a secret names. Mails about one deployment refer to its first. @throws OutsideError */
export async function tellEmail(
  { to, from, smtpSecret }: EmailChannel,
  { id, notice, thread, secretOf }: Telling,
): Promise<string> {
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    url: await secretOf(smtpSecret),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  const messageId = `<slipway.${id}.${notice.atMs}@${from.split('@')[1] ?? 'slipway'}>`;
  try {
    await transport.sendMail({
      from,
      to,
      subject: noticeTitle(notice),
      text: `${noticeLines(notice).join('\n')}\n`,
      messageId,
      ...(thread !== null && { inReplyTo: thread, references: thread }),
    });
  } catch (cause) {
    throw new OutsideError(`mail: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  } finally {
    transport.close();
  }
  return messageId;
}
