import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DaemonUnreachable } from '../daemon/control-client.ts';
import type { TrafficFigures } from '../edge/traffic-record.ts';
import { createCommandProvider } from './command-provider.ts';
import { createEdgeProvider } from './edge-provider.ts';
import { createHttpProvider, valueAt } from './http-provider.ts';
import type { MetricQuestion } from './metric-provider.ts';
import { createPrometheusProvider } from './prometheus-provider.ts';

let server: Server;
let url: string;
let asked: string[];
let answers: (path: string) => { status?: number; body: string };
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(decodeURIComponent(request.url ?? ''));
    const { status = 200, body } = answers(decodeURIComponent(request.url ?? ''));
    response.writeHead(status).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const question = (query: string, change: Partial<MetricQuestion> = {}): MetricQuestion => ({
  query,
  revision: 'r2',
  baseline: 'r1',
  windowMs: 30_000,
  ...change,
});
const noData = { kind: 'no-data' };
const error = (message: RegExp) => ({ kind: 'error', message: expect.stringMatching(message) });

describe('the edge', () => {
  const figures = (change: Partial<TrafficFigures>): TrafficFigures => ({
    requests: 60,
    errors: 3,
    p50: 5,
    p95: 20,
    p99: 40,
    ...change,
  });
  const provider = (seen: Record<string, TrafficFigures> | Error) =>
    createEdgeProvider(
      {
        figures: async () => {
          if (seen instanceof Error) throw seen;
          return seen;
        },
      },
      { instances: async () => [] },
    );
  const both = { r1: figures({ errors: 0, requests: 540, p99: 30 }), r2: figures({}) };

  test.each([
    ['error-rate', 0.05, 0],
    ['latency-p99', 40, 30],
    ['requests-per-second', 2, 18],
  ])('%s of both revisions', async (query, revision, baseline) => {
    expect(await provider(both).measure(question(query))).toEqual({ kind: 'value', revision, baseline });
  });

  test('no traffic is no data, and no baseline is none', async () => {
    expect(await provider({ r1: figures({}) }).measure(question('error-rate'))).toEqual(noData);
    expect(await provider({ r2: figures({ requests: 0 }) }).measure(question('error-rate'))).toEqual(noData);
    const alone = await provider(both).measure(question('latency-p50', { baseline: null }));
    expect(alone).toEqual({ kind: 'value', revision: 5 });
    const first = await provider({ r2: figures({}) }).measure(question('latency-p50'));
    expect(first).toEqual({ kind: 'value', revision: 5 });
  });

  test('an edge that does not answer, and a question that it does not know, are errors', async () => {
    const gone = provider(new DaemonUnreachable('nothing answers'));
    expect(await gone.measure(question('error-rate'))).toEqual(error(/nothing answers/));
    expect(await provider(both).measure(question('eror-rate'))).toEqual(
      error(/knows no eror-rate; it knows error-rate/),
    );
  });
});

describe('Prometheus', () => {
  const query = 'sum(rate(errors{revision="{{revision}}"}[{{window}}]))';
  const vector = (...values: string[]) => ({
    body: JSON.stringify({
      status: 'success',
      data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1, value] })) },
    }),
  });

  test('is asked for both revisions', async () => {
    answers = (path) => vector(path.includes('"r2"') ? '0.5' : '0.25');
    const measured = await createPrometheusProvider(`${url}/`).measure(question(query));
    expect(measured).toEqual({ kind: 'value', revision: 0.5, baseline: 0.25 });
    expect(asked).toContain('/api/v1/query?query=sum(rate(errors{revision="r2"}[30s]))');
  });

  test('an empty result and NaN are no data', async () => {
    answers = () => vector();
    expect(await createPrometheusProvider(url).measure(question(query))).toEqual(noData);
    answers = () => vector('NaN');
    expect(await createPrometheusProvider(url).measure(question(query))).toEqual(noData);
  });

  test.each<[string, { status?: number; body: string }, RegExp]>([
    ['a query that it refuses', { status: 400, body: '{"error":"parse error"}' }, /400.*parse error/],
    ['several series', vector('1', '2'), /2 series and not one/],
    ['something else than JSON', { body: '<html>' }, /no JSON/],
    ['another JSON', { body: '{}' }, /neither a scalar nor a vector/],
  ])('%s is an error', async (_, answer, message) => {
    answers = () => answer;
    expect(await createPrometheusProvider(url).measure(question(query))).toEqual(error(message));
  });

  test('one that is down is an error', async () => {
    server.close();
    server.closeAllConnections();
    expect(await createPrometheusProvider(url).measure(question(query))).toEqual(error(/ECONNREFUSED/));
  });
});

describe('HTTP', () => {
  test('takes the value out of a JSON, for both revisions', async () => {
    answers = (path) => ({ body: JSON.stringify({ data: [{ rate: path.includes('r2') ? 4 : '2' }] }) });
    const measured = await createHttpProvider(url).measure(question('/rates?of={{revision}} $.data[0].rate'));
    expect(measured).toEqual({ kind: 'value', revision: 4, baseline: 2 });
  });

  test('what is missing or null is no data; what is no number, or has no path, is an error', async () => {
    answers = () => ({ body: '{"a":null,"b":"much"}' });
    const provider = createHttpProvider(null);
    expect(await provider.measure(question(`${url}/ /a`))).toEqual(noData);
    expect(await provider.measure(question(`${url}/ /missing/deeper`))).toEqual(noData);
    expect(await provider.measure(question(`${url}/ /b`))).toEqual(error(/no number: "much"/));
    expect(await provider.measure(question(`${url}/`))).toEqual(error(/a URL and a path/));
    expect(await provider.measure(question('/rates /a'))).toEqual(error(/metrics-url/));
  });

  test('paths are JSON pointers or dotted', () => {
    const json = { 'a/b': [{ 'c~d': 1 }], e: { 'f g': 2 } };
    expect(valueAt(json, '/a~1b/0/c~0d')).toBe(1);
    expect(valueAt(json, "$.e['f g']")).toBe(2);
  });
});

describe('a command', () => {
  const provider = createCommandProvider(tmpdir());

  test('prints a number for each revision', async () => {
    const query = 'if [ $REVISION = r2 ]; then echo 1.5; else echo $WINDOW_SECONDS; fi';
    expect(await provider.measure(question(query))).toEqual({ kind: 'value', revision: 1.5, baseline: 30 });
  });

  test('nothing is no data; a failure and a text are errors', async () => {
    expect(await provider.measure(question('true'))).toEqual(noData);
    expect(await provider.measure(question('echo gone >&2; exit 2'))).toEqual(error(/ended with 2: gone/));
    expect(await provider.measure(question('echo much'))).toEqual(error(/no number: much/));
  });

  test('gets nothing of the environment of who asks', async () => {
    process.env.SLIPWAY_TEST_SECRET = '42';
    try {
      expect(await provider.measure(question('echo $SLIPWAY_TEST_SECRET'))).toEqual(noData);
    } finally {
      delete process.env.SLIPWAY_TEST_SECRET;
    }
  });
});
