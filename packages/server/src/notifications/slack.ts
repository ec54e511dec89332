import type { SlackChannel, SlackWebhookChannel } from '@slipway/delivery';
import type { Notice } from '../delivery/notice.ts';
import { isGrave, noticeLines, noticeTitle } from './notice-text.ts';
import { OutsideError, postOutside } from './post-outside.ts';
import type { Telling } from './telling.ts';

/**
 * Posts to a channel, or into the thread of the deployment's first message there.
 * @returns Slack's `ts` of the message
 * @throws OutsideError
 * @see https://docs.slack.dev/reference/methods/chat.postMessage
 */
export async function tellSlack(
  { channel, apiUrl, tokenSecret }: SlackChannel,
  telling: Telling,
): Promise<string> {
  const { notice, thread, secretOf, privateHosts, now } = telling;
  const answer = await postOutside({
    url: `${apiUrl.replace(/\/+$/, '')}/chat.postMessage`,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      authorization: `Bearer ${await secretOf(tokenSecret)}`,
    },
    body: JSON.stringify({
      channel,
      ...message(notice),
      ...(thread !== null && { thread_ts: thread, reply_broadcast: isGrave(notice) }),
    }),
    privateHosts,
    now,
  });
  const { ok, error, ts } = readAnswer(answer);
  // Slack says no with status 200.
  if (ok !== true || typeof ts !== 'string') throw new OutsideError(`Slack refused: ${String(error)}`);
  return ts;
}

/** @throws OutsideError @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export async function tellSlackWebhook(
  { urlSecret }: SlackWebhookChannel,
  { notice, secretOf, privateHosts, now }: Telling,
): Promise<void> {
  await postOutside({
    url: await secretOf(urlSecret),
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(message(notice)),
    privateHosts,
    now,
  });
}

/** `text` is what notifications of the client show. */
function message(notice: Notice): object {
  const title = noticeTitle(notice);
  const body = noticeLines(notice).map(escapeMarkup).join('\n');
  return {
    text: escapeMarkup(title),
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: `*${escapeMarkup(title)}*` } },
      { type: 'section', text: { type: 'mrkdwn', text: body.slice(0, 2900) } },
    ],
  };
}

/** @see https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function readAnswer(text: string): { ok?: unknown; error?: unknown; ts?: unknown } {
  try {
    return JSON.parse(text) as object;
  } catch {
    return { error: 'an answer that is no JSON' };
  }
}
