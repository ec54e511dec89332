import { expect, test } from 'vitest';
import { runAction, serveJson } from './action-step.ts';

const message = { TEXT: 'Staging Deployment: success', STATUS: 'success' };

test('Slack gets the message in the channel, by the Web API with the token', async () => {
  const slack = await serveJson(() => ({ body: { ok: true } }));
  const { status, stdout } = await runAction('notify/notify.mjs', {
    ...message,
    CHANNEL: '#deployments',
    SLACK_TOKEN: 'xoxb-1',
    SLACK_API_URL: slack.url,
  });
  expect(status).toBe(0);
  expect(stdout).toContain('Told by Slack');
  expect(slack.asked).toMatchObject([
    {
      path: '/chat.postMessage',
      headers: { authorization: 'Bearer xoxb-1' },
      body: { channel: '#deployments', text: message.TEXT, attachments: [{ color: '#2eb886' }] },
    },
  ]);
});

test('a refusal, which Slack sends with status 200, is a warning and no failure', async () => {
  const slack = await serveJson(() => ({ body: { ok: false, error: 'channel_not_found' } }));
  const { status, stdout } = await runAction('notify/notify.mjs', {
    ...message,
    CHANNEL: '#nowhere',
    SLACK_TOKEN: 'xoxb-1',
    SLACK_API_URL: slack.url,
  });
  expect(status).toBe(0);
  expect(stdout).toContain('::warning title=Notify::Slack: Slack refused: channel_not_found');
});

test('a webhook gets the facts of the run', async () => {
  const hook = await serveJson(() => ({ body: {} }));
  await runAction('notify/notify.mjs', { ...message, WEBHOOK_URL: `${hook.url}/hook` });
  expect(hook.asked).toMatchObject([
    {
      path: '/hook',
      body: {
        ...{ text: message.TEXT, status: 'success', repository: 'octo/shop', actor: 'octocat' },
        run: 'https://example.com/octo/shop/actions/runs/7',
      },
    },
  ]);
});

test('that nobody was told is said', async () => {
  const { status, stdout } = await runAction('notify/notify.mjs', message);
  expect(status).toBe(0);
  expect(stdout).toContain('Nobody was told');
});
