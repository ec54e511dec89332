import type { MeasurementOutcome } from '@slipway/delivery';
import type { MetricQuestion } from './metric-provider.ts';

/** null: the provider answered and had nothing. */
export type Reading = number | null;

/**
 * Reads a value of the new revision, and of the old one if there is one. What `read` throws is an error of the provider; a value that is no
 * finite number is nothing to judge by.
 */
export async function measureBoth(
  { revision, baseline }: MetricQuestion,
  read: (revision: string) => Promise<Reading>,
): Promise<MeasurementOutcome> {
  try {
    const [value, other] = await Promise.all([read(revision), baseline === null ? null : read(baseline)]);
    if (value === null || !Number.isFinite(value)) return { kind: 'no-data' };
    return other !== null && Number.isFinite(other)
      ? { kind: 'value', revision: value, baseline: other }
      : { kind: 'value', revision: value };
  } catch (error) {
    return { kind: 'error', message: error instanceof Error ? error.message : String(error) };
  }
}

/** Puts the revision and the window (`30s`) where the query names them. */
export function fillIn(
  query: string,
  revision: string,
  windowMs: number,
  encode = (text: string) => text,
): string {
  return query
    .replaceAll('{{revision}}', encode(revision))
    .replaceAll('{{window}}', `${Math.max(1, Math.round(windowMs / 1000))}s`);
}
