import { annotate, input } from '../step.mjs';

const text = input('TEXT');
const status = input('STATUS');
const colors = { success: '#2eb886', failure: '#d40e0d', cancelled: '#a0a0a0' };
const { env } = process;

const ways = [
  { name: 'Slack', isSet: input('SLACK_TOKEN') !== '', send: sendBySlackApi },
  { name: 'Slack webhook', isSet: input('SLACK_WEBHOOK_URL') !== '', send: sendBySlackWebhook },
  { name: 'webhook', isSet: input('WEBHOOK_URL') !== '', send: sendByWebhook },
].filter(({ isSet }) => isSet);

process.stdout.write(`${text}\n`);
if (ways.length === 0) annotate('notice', 'Notify', 'Nobody was told: no Slack token and no webhook is set.');
for (const { name, send } of ways) {
  try {
    await send();
    process.stdout.write(`Told by ${name}.\n`);
  } catch (error) {
    annotate('warning', 'Notify', `${name}: ${error.cause?.message ?? error.message}`);
  }
}

/** Slack answers 200 with `ok: false` for what went wrong. @see https://api.slack.com/methods/chat.postMessage */
async function sendBySlackApi() {
  const channel = input('CHANNEL');
  if (channel === '') throw new Error('channel is not set');
  const response = await post(
    `${env.SLACK_API_URL}/chat.postMessage`,
    { channel, text, attachments: attachments() },
    {
      authorization: `Bearer ${input('SLACK_TOKEN')}`,
    },
  );
  const answer = await response.json();
  if (!answer.ok) throw new Error(`Slack refused: ${answer.error}`);
}

async function sendBySlackWebhook() {
  await post(input('SLACK_WEBHOOK_URL'), { text, attachments: attachments() });
}

async function sendByWebhook() {
  await post(input('WEBHOOK_URL'), {
    text,
    status,
    repository: env.GITHUB_REPOSITORY,
    workflow: env.GITHUB_WORKFLOW,
    run: runUrl(),
    actor: env.GITHUB_ACTOR,
    commit: env.GITHUB_SHA,
  });
}

function attachments() {
  return [
    {
      color: colors[status] ?? '#439fe0',
      text: `<${runUrl()}|${env.GITHUB_WORKFLOW}> by ${env.GITHUB_ACTOR}`,
    },
  ];
}

function runUrl() {
  return `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`;
}

/**
 * @param {string} url
 * @param {object} body
 * @param {Record<string, string>} [headers]
 */
async function post(url, body, headers = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  });
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  return response;
}
