/** What people can be told of. */
export const noticeTopics = [
  'started',
  'waiting',
  'succeeded',
  'failed',
  'rolled-back',
  'alarm',
  'drift',
] as const;
export type NoticeTopic = (typeof noticeTopics)[number];

/** Where people are told. Credentials are named, never written: they are secrets of the environment, the project or the organisation. */
export type Channel = SlackChannel | SlackWebhookChannel | WebhookChannel | EmailChannel;

interface ChannelRules {
  name: string;
  topics: NoticeTopic[];
  /** None: all. */
  environments: string[];
}

/** Slack's Web API: what is told of one deployment is one thread. */
export interface SlackChannel extends ChannelRules {
  kind: 'slack';
  /** Name or id. */
  channel: string;
  tokenSecret: string;
  apiUrl: string;
}

/** Slack's incoming webhooks, and what understands the same. */
export interface SlackWebhookChannel extends ChannelRules {
  kind: 'slack-webhook';
  urlSecret: string;
}

/** JSON to a URL, signed. */
export interface WebhookChannel extends ChannelRules {
  kind: 'webhook';
  url: string;
  signingSecret: string;
}

export interface EmailChannel extends ChannelRules {
  kind: 'email';
  to: string[];
  from: string;
  /** Its value is a URL: `smtps://user:password@host:465`. */
  smtpSecret: string;
}

/** Whether something is told there. */
export function hears(
  { topics, environments }: Channel,
  { topic, environment }: { topic: NoticeTopic; environment: string },
): boolean {
  return topics.includes(topic) && (environments.length === 0 || environments.includes(environment));
}
