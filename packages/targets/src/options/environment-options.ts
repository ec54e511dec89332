import { z } from 'zod';
import type { EdgeSettings } from '../edge/edge-state.ts';
import { duration, type OptionsReading, readOptions } from './option-forms.ts';

/** `environments.NAME.target.options` of `slipway.yml`, for process and docker targets alike. */
export interface EnvironmentOptions {
  edge: EdgeSettings;
  /** How long requests that are under way are waited for before a revision is taken away. */
  drainMs: number;
  /** For metric providers; null: there is none. */
  prometheusUrl: string | null;
  metricsUrl: string | null;
}

const address = z.union([z.string(), z.number()]).transform((written, context) => {
  const [, host = '127.0.0.1', port = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(String(written)) ?? [];
  if (port !== '' && Number(port) <= 65535)
    return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
  context.addIssue({ code: 'custom', message: 'write it like `127.0.0.1:8080`' });
  return z.NEVER;
});

const header = z.string().transform((written, context) => {
  const [, name, value] = /^([\w-]+):\s*(\S.*)$/.exec(written) ?? [];
  if (name !== undefined && value !== undefined) return { name, value };
  context.addIssue({ code: 'custom', message: 'write it like `X-Test-Traffic: secret`' });
  return z.NEVER;
});

const anyPort = { host: '127.0.0.1', port: 0 };

const schema = z
  .strictObject({
    listen: address.default(anyPort),
    'test-listen': address.default(anyPort),
    'metrics-listen': address.default(anyPort),
    'test-header': header.nullable().default(null),
    sticky: z.boolean().default(false),
    'sticky-cookie': z
      .string()
      .regex(/^[\w-]+$/)
      .default('slipway-revision'),
    'answer-timeout': duration.default(60_000),
    drain: duration.default(30_000),
    'prometheus-url': z.url().nullable().default(null),
    'metrics-url': z.url().nullable().default(null),
  })
  .transform((written) => ({
    edge: {
      production: written.listen,
      test: written['test-listen'],
      metrics: written['metrics-listen'],
      testHeader: written['test-header'],
      stickyCookie: written.sticky ? written['sticky-cookie'] : null,
      answerTimeoutMs: written['answer-timeout'],
    },
    drainMs: written.drain,
    prometheusUrl: written['prometheus-url'],
    metricsUrl: written['metrics-url'],
  }));

export function readEnvironmentOptions(name: string, options: object): OptionsReading<EnvironmentOptions> {
  return readOptions(schema, options, `environments.${name}.target.options`);
}
