import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Channel } from '@slipway/delivery';
import {
  deliverNotifications,
  type Notice,
  type NotificationSources,
  wantNotice,
} from '@slipway/server/notifications';
import type { Store } from '@slipway/server/store';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { storeKinds, type TestStore } from '../store/stores.ts';
import { closeServer, listener, type Received } from './listener.ts';

const notice = (change: Partial<Notice> = {}): Notice => ({
  topic: 'started',
  project: 'octo/app',
  environment: 'production',
  deploymentId: 7,
  release: { id: '3', tag: 'v1-abc-20261125T000000Z', commit: 'a'.repeat(40) },
  by: 'carol',
  text: 'It has started.',
  atMs: 1_800_000_000_000,
  ...change,
});

const everything = { topics: ['started', 'rolled-back', 'alarm'] as Channel['topics'], environments: [] };

describe('people are told', () => {
  let kind: TestStore;
  let store: Store;
  let clock: number;
  const secrets: Record<string, string> = {};
  const trouble: unknown[] = [];

  beforeAll(async () => {
    kind = await storeKinds[0].create();
    store = await kind.open();
  });
  beforeEach(() => {
    clock = 1_800_000_000_000;
    trouble.length = 0;
  });
  afterEach(async () => {
    await store.deleteFrom('notification').execute();
  });
  afterAll(() => kind.close());

  const sourcesFor = (
    channels: Channel[],
    change: Partial<NotificationSources> = {},
  ): NotificationSources => ({
    store,
    now: () => clock,
    channelsOf: async () => channels,
    secretOf: async (_, name) => secrets[name],
    privateHosts: ['127.0.0.1'],
    record: async () => {},
    ...change,
  });
  /** As the server does it: addresses first, then channels. */
  const look = async (sources: NotificationSources, times = 3) => {
    for (let i = 0; i < times; i++) await deliverNotifications(sources, (error) => trouble.push(error));
  };
  const tell = (one: Notice) => wantNotice({ store, now: clock }, one);

  test('in one thread of Slack for each deployment, and grave news to the whole channel', async () => {
    const slack = await listener((_, nth) => ({ status: 200, body: { ok: true, ts: `17.${nth}` } }));
    secrets.SLACK_BOT_TOKEN = 'xoxb-1';
    const channel: Channel = {
      kind: 'slack',
      name: 'team',
      channel: '#deployments',
      tokenSecret: 'SLACK_BOT_TOKEN',
      apiUrl: `${slack.url}/api`,
      ...everything,
    };
    await tell(notice());
    await tell(notice({ topic: 'rolled-back', text: 'errors <rose>' }));
    await tell(notice({ topic: 'succeeded' }));
    await tell(notice({ deploymentId: 8 }));
    await look(sourcesFor([channel]));
    const bodies = slack.received.map(({ body }) => JSON.parse(body));
    expect(slack.received.map(({ path }) => path)).toEqual(Array(3).fill('/api/chat.postMessage'));
    expect(slack.received[0]?.headers.authorization).toBe('Bearer xoxb-1');
    expect(bodies[0]).toMatchObject({ channel: '#deployments' });
    expect(bodies[0].thread_ts).toBeUndefined();
    expect(bodies[1]).toMatchObject({ thread_ts: '17.0', reply_broadcast: true });
    expect(JSON.stringify(bodies[1])).toContain('errors &lt;rose&gt;');
    expect(bodies[2].thread_ts).toBeUndefined();
    expect(trouble).toEqual([]);
  });

  test('though another channel keeps silent', async () => {
    let waiting = 0;
    let isAsked = () => {};
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    const silent = createServer(() => {
      waiting += 1;
      isAsked();
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => closeServer(silent));
    const { port } = silent.address() as AddressInfo;
    let isTold = () => {};
    const told = new Promise<void>((resolve) => {
      isTold = resolve;
    });
    const speaking = await listener((_, nth) => {
      if (nth === 1) isTold();
      return { status: 200 };
    });
    const webhook = (name: string, url: string): Channel => ({
      kind: 'webhook',
      name,
      url,
      signingSecret: 'SIGNING',
      ...everything,
    });
    secrets.SIGNING = 's';
    const sources = sourcesFor([
      webhook('silent', `http://127.0.0.1:${port}`),
      webhook('speaking', speaking.url),
    ]);
    await tell(notice());
    await tell(notice({ deploymentId: 8 }));
    await look(sources, 1);
    const looking = look(sources, 1);
    await Promise.all([asked, told]);
    expect(waiting).toBe(1);
    silent.closeAllConnections();
    await looking;
    expect(trouble).toHaveLength(1);
  });

  test('until Slack takes it, in order, and what was delivered is not told again', async () => {
    const slack = await listener((_, nth) =>
      nth === 0
        ? { status: 200, body: { ok: false, error: 'channel_not_found' } }
        : { status: 200, body: { ok: true, ts: `1.${nth}` } },
    );
    const channel: Channel = {
      kind: 'slack',
      name: 'team',
      channel: 'C1',
      tokenSecret: 'SLACK_BOT_TOKEN',
      apiUrl: slack.url,
      ...everything,
    };
    await tell(notice());
    await tell(notice({ topic: 'alarm' }));
    await look(sourcesFor([channel]));
    expect(slack.received).toHaveLength(1);
    expect(String(trouble[0])).toContain('channel_not_found');
    for (let i = 0; i < 5; i++) {
      clock += 5_000;
      await look(sourcesFor([channel]));
    }
    expect(slack.received.map(({ body }) => JSON.parse(body).text.slice(0, 2))).toEqual(['🚀', '🚀', '🚨']);
  });

  test('by a signed webhook, whose signature covers the time and the body', async () => {
    const hook = await listener(() => ({ status: 204 }));
    secrets.HOOK_KEY = 'key';
    await tell(notice());
    const channel: Channel = {
      kind: 'webhook',
      name: 'hook',
      url: `${hook.url}/slipway`,
      signingSecret: 'HOOK_KEY',
      ...everything,
    };
    await look(sourcesFor([channel]));
    const { headers, body } = hook.received[0] as Received;
    const signed = `${String(headers['x-slipway-timestamp'])}.${body}`;
    expect(headers['x-slipway-signature-256']).toBe(
      `sha256=${createHmac('sha256', 'key').update(signed).digest('hex')}`,
    );
    expect(headers['x-slipway-event']).toBe('deployment.started');
    expect(JSON.parse(body)).toMatchObject({ topic: 'started', environment: 'production', deploymentId: 7 });
  });

  test('by mail, the later ones as answers to the first', async () => {
    const mails: string[] = [];
    const smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, _, done) {
        let text = '';
        stream.on('data', (piece: Buffer) => {
          text += piece.toString();
        });
        stream.on('end', () => {
          mails.push(text);
          done();
        });
      },
    });
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
    const { port } = smtp.server.address() as AddressInfo;
    secrets.SMTP_URL = `smtp://127.0.0.1:${port}`;
    const channel: Channel = {
      kind: 'email',
      name: 'mail',
      to: ['team@example.com'],
      from: 'slipway@example.com',
      smtpSecret: 'SMTP_URL',
      ...everything,
    };
    await tell(notice());
    await tell(notice({ topic: 'alarm', text: 'It needs a person.' }));
    await look(sourcesFor([channel]));
    await new Promise<void>((resolve) => smtp.close(resolve));
    expect(trouble).toEqual([]);
    expect(mails).toHaveLength(2);
    const id = /Message-ID: (<.+>)/i.exec(mails[0] ?? '')?.[1];
    expect(mails[1]).toContain(`In-Reply-To: ${id}`);
    expect(mails[1]).toContain('It needs a person.');
  });

  test('with a secret that is missing named, and nothing sent', async () => {
    const hook = await listener(() => ({ status: 204 }));
    await tell(notice());
    const channel: Channel = {
      kind: 'webhook',
      name: 'hook',
      url: hook.url,
      signingSecret: 'NONE',
      ...everything,
    };
    await look(sourcesFor([channel]));
    expect(hook.received).toEqual([]);
    expect(String(trouble[0])).toContain('needs the secret NONE');
  });
});
