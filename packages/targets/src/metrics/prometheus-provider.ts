import { z } from 'zod';
import { fetchJson } from './fetch-json.ts';
import { fillIn, measureBoth, type Reading } from './measure-both.ts';
import type { MetricProvider } from './metric-provider.ts';

const sample = z.tuple([z.number(), z.string()]);
const answer = z.object({
  data: z.discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('scalar'), result: sample }),
    z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: sample })) }),
  ]),
});

/**
 * Instant queries in PromQL, in which `{{revision}}` and `{{window}}` are filled in; asked a second time for the old revision where the query
 * names one. An empty result and NaN are no data.
 * @see https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries
 */
export function createPrometheusProvider(url: string): MetricProvider {
  return {
    measure(question) {
      const { query, windowMs, signal } = question;
      const isSplit = query.includes('{{revision}}');
      return measureBoth({ ...question, baseline: isSplit ? question.baseline : null }, async (revision) => {
        // A revision is letters, digits and dashes: nothing to be escaped.
        const filled = encodeURIComponent(fillIn(query, revision, windowMs));
        const json = await fetchJson(`${url.replace(/\/$/, '')}/api/v1/query?query=${filled}`, signal);
        return readAnswer(json);
      });
    },
  };
}

function readAnswer(json: unknown): Reading {
  const parsed = answer.safeParse(json);
  if (!parsed.success) throw new Error('Prometheus gave neither a scalar nor a vector');
  const { data } = parsed.data;
  if (data.resultType === 'scalar') return numberOf(data.result[1]);
  if (data.result.length > 1) {
    throw new Error(
      `the query gives ${data.result.length} series and not one: sum them up, or name more labels`,
    );
  }
  const [only] = data.result;
  return only ? numberOf(only.value[1]) : null;
}

function numberOf(text: string): Reading {
  return text === 'NaN' ? null : Number(text.replace('Inf', 'Infinity'));
}
