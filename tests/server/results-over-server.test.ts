import { afterAll, beforeAll, expect, test } from 'vitest';
import { resultsActionFiles } from '../results/bundle-action.ts';
import { type Served, serveForTest, workflow } from './served.ts';

let served: Served;

beforeAll(async () => {
  served = await serveForTest();
}, 120_000);
afterAll(() => served.close());

test("GitHub's own clients keep artifacts and caches at the server, and both are listed", async () => {
  const clone = await served.project('octo/results', {
    ...(await resultsActionFiles()),
    ...workflow(
      'ci.yml',
      `on: push
jobs:
  make:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: mkdir deps && echo made here | tee deps/file > report.txt
      - uses: ./act
        with: { do: upload, name: report, path: report.txt }
      - uses: ./act
        with: { do: save, name: deps-1, path: deps }
  use:
    needs: make
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: ./act
        with: { do: download, name: report, path: got }
      - uses: ./act
        with: { do: restore, name: deps-1, path: deps }
      - run: cat got/report.txt deps/file
`,
    ),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
  const [run] = await served.runs('?project=octo/results');
  const runId = run?.id ?? 0;
  const ended = await served.finished(runId);
  expect(ended.conclusion, await served.log(runId, 'make')).toBe('success');
  expect(await served.log(runId, 'use')).toContain('made here\nmade here\n');
  const artifacts = await served.ask('GET', `/runs/${runId}/artifacts`);
  expect(artifacts.body).toMatchObject({
    artifacts: [{ name: 'report', project: 'octo/results', runId, jobKey: 'make', untrusted: false }],
  });
  // Another attempt makes the artifact of the same name anew.
  await served.ask('POST', `/runs/${runId}/rerun`, { jobs: 'all' });
  expect(await served.finished(runId)).toMatchObject({ attempt: 2, conclusion: 'success' });
  const caches = await served.ask('GET', '/projects/octo/results/caches');
  expect(caches.body).toMatchObject({ caches: [{ key: 'deps-1', scope: 'refs/heads/main' }] });
}, 120_000);

test('all runs of a project are followed by one stream of events', async () => {
  const clone = await served.project('octo/stream', {
    ...workflow('ci.yml', 'on: push\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: "true" }] }\n'),
  });
  const gone = new AbortController();
  const response = await fetch(`${served.server.url}/api/v1/events?project=octo/stream`, {
    headers: { authorization: `Bearer ${served.token}` },
    signal: gone.signal,
  });
  await clone.git('push', '--quiet', 'origin', 'main');
  let read = '';
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    read += piece;
    if (read.includes('event: run.finished')) break;
  }
  gone.abort();
  expect(read).toMatch(/event: run\.queued[\s\S]*event: job\.planned[\s\S]*event: run\.finished/);
});
