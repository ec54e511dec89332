import { fetchJson } from './fetch-json.ts';
import { fillIn, measureBoth, type Reading } from './measure-both.ts';
import type { MetricProvider } from './metric-provider.ts';

/**
 * A value out of a JSON that a URL gives: `URL PATH`, the path as a JSON pointer (`/data/0/rate`) or as `$.data[0].rate`; `{{revision}}` and
 * `{{window}}` are filled in. A URL that begins with `/` is below `base`. A value that is missing or null is no data.
 */
export function createHttpProvider(base: string | null): MetricProvider {
  return {
    async measure(question) {
      const { query, windowMs, signal } = question;
      const [, url, path] = /^(\S+)\s+(\S+)$/.exec(query.trim()) ?? [];
      if (url === undefined || path === undefined) {
        return { kind: 'error', message: 'write the query as a URL and a path: https://… /data/rate' };
      }
      const baseline =
        url.includes('{{revision}}') || path.includes('{{revision}}') ? question.baseline : null;
      return measureBoth({ ...question, baseline }, async (revision) => {
        const filled = fillIn(url, revision, windowMs, encodeURIComponent);
        if (filled.startsWith('/') && base === null) throw new Error('the target has no `metrics-url`');
        const absolute = filled.startsWith('/') ? `${base?.replace(/\/$/, '')}${filled}` : filled;
        return readNumber(valueAt(await fetchJson(absolute, signal), fillIn(path, revision, windowMs)), path);
      });
    },
  };
}

/** undefined: there is nothing. */
export function valueAt(json: unknown, path: string): unknown {
  let value = json;
  for (const key of keysOf(path)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function keysOf(path: string): string[] {
  if (path.startsWith('/')) {
    const keys = path.slice(1).split('/');
    return keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  const parts = path.replace(/^\$/, '').matchAll(/\.([\w-]+)|\[(\d+)\]|\[["']([^"']+)["']\]/g);
  return [...parts].map(([, name, index, quoted]) => name ?? index ?? quoted ?? '');
}

function readNumber(value: unknown, path: string): Reading {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number') return value;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  if (Number.isNaN(number)) throw new Error(`${path} is no number: ${JSON.stringify(value).slice(0, 100)}`);
  return number;
}
