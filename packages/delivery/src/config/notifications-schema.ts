import { type Channel, type NoticeTopic, noticeTopics } from '../notifications/channel.ts';
import {
  choice,
  type Located,
  list,
  located,
  mapped,
  optional,
  parsed,
  required,
  type Schema,
  tagged,
  text,
} from './schema.ts';

/** A channel as it stands in the file; names of environments are not looked up yet. */
export type WrittenChannel = Unresolved<Channel>;
type Unresolved<One> = One extends Channel
  ? Omit<One, 'name' | 'environments'> & { environments: Located<string>[] }
  : never;

interface Common {
  events: NoticeTopic[];
  environments: Located<string>[];
}

type Written =
  | ({ kind: 'slack'; channel: string; 'token-secret': string; 'api-url': string } & Common)
  | ({ kind: 'slack-webhook'; 'url-secret': string } & Common)
  | ({ kind: 'webhook'; url: string; 'signing-secret': string } & Common)
  | ({ kind: 'email'; to: string[]; from: string; 'smtp-secret': string } & Common);

const secretName = parsed(
  (name) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name.toUpperCase() : undefined),
  '`SLACK_BOT_TOKEN`, the name of a secret and not its value',
);
const webAddress = parsed(
  (address) => (/^https?:\/\/[^\s@/]+/.test(address) ? address : undefined),
  '`https://hooks.example.com/slipway`, without a password',
);
const mailAddress = parsed(
  (address) => (/^[^\s@]+@[^\s@]+$/.test(address) ? address : undefined),
  '`team@example.com`',
);

/** `notifications.<name>`. */
export function channelMapping(): Schema<WrittenChannel> {
  const common = {
    events: optional(list<NoticeTopic>(choice(noticeTopics)), [...noticeTopics]),
    environments: optional(list(located(text)), []),
  };
  return mapped(
    tagged<Written>({
      slack: {
        channel: required(text),
        'token-secret': optional(secretName, 'SLACK_BOT_TOKEN'),
        'api-url': optional(webAddress, 'https://slack.com/api'),
        ...common,
      },
      'slack-webhook': { 'url-secret': optional(secretName, 'SLACK_WEBHOOK_URL'), ...common },
      webhook: { url: required(webAddress), 'signing-secret': required(secretName), ...common },
      email: {
        to: required(list(mailAddress)),
        from: required(mailAddress),
        'smtp-secret': optional(secretName, 'SMTP_URL'),
        ...common,
      },
    }),
    toChannel,
  );
}

function toChannel(written: Written): WrittenChannel {
  const rules = { topics: written.events, environments: written.environments };
  switch (written.kind) {
    case 'slack':
      return {
        kind: 'slack',
        channel: written.channel,
        tokenSecret: written['token-secret'],
        apiUrl: written['api-url'],
        ...rules,
      };
    case 'slack-webhook':
      return { kind: 'slack-webhook', urlSecret: written['url-secret'], ...rules };
    case 'webhook':
      return {
        kind: 'webhook',
        url: written.url,
        signingSecret: written['signing-secret'],
        ...rules,
      };
    case 'email':
      return {
        kind: 'email',
        to: written.to,
        from: written.from,
        smtpSecret: written['smtp-secret'],
        ...rules,
      };
    default:
      return written satisfies never;
  }
}
