import type { JobDetail, JobsAnswer } from '@slipway/contracts/api/jobs';
import type { RunAnswer, RunPage } from '@slipway/contracts/api/runs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Clone, type Served, serveForTest, workflow } from './served.ts';

let served: Served;
let clone: Clone;

beforeAll(async () => {
  served = await serveForTest();
  clone = await served.project('octo/runs', {
    ...workflow(
      'slow.yml',
      `on: workflow_dispatch
jobs:
  wait:
    runs-on: ubuntu-latest
    steps:
      - run: echo begun; sleep 600
      - if: always()
        run: echo cleaned up
`,
    ),
    ...workflow(
      'flaky.yml',
      `on: workflow_dispatch
jobs:
  good:
    runs-on: ubuntu-latest
    steps: [{ run: echo fine }]
  flaky:
    runs-on: ubuntu-latest
    steps:
      - run: 'test "$GITHUB_RUN_ATTEMPT" -gt 1'
      - run: echo "::warning file=a.txt,line=3::odd"; echo "**done**" >> "$GITHUB_STEP_SUMMARY"
  after:
    needs: flaky
    runs-on: ubuntu-latest
    steps: [{ run: 'echo "$TOKEN" | rev; echo "$TOKEN"' , env: { TOKEN: "\${{ secrets.TOKEN }}" } }]
`,
    ),
    ...workflow(
      'nobody.yml',
      `on: workflow_dispatch
jobs:
  gpu: { runs-on: [self-hosted, gpu], steps: [{ run: 'true' }] }
  later: { needs: gpu, runs-on: ubuntu-latest, steps: [{ run: 'true' }] }
`,
    ),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
});
afterAll(() => served.close());

async function dispatch(file: string): Promise<number> {
  const { body } = await served.ask<{ runId: number }>('POST', '/projects/octo/runs/dispatches', {
    workflow: file,
  });
  return body.runId;
}

test('a run that is cancelled ends its steps, runs what always runs, and says who did it', async () => {
  const runId = await dispatch('slow.yml');
  const { id } = await served.job(
    runId,
    'wait',
    ({ status, id: job }) => status === 'in_progress' && job !== null,
  );
  await untilLogged(id ?? 0, 'begun');
  const { status } = await served.ask('POST', `/runs/${runId}/cancel`, {});
  expect(status).toBe(202);
  expect(await served.finished(runId)).toMatchObject({
    conclusion: 'cancelled',
    reason: 'cancelled by admin',
  });
  const log = await served.log(runId, 'wait');
  expect(log).toContain('cleaned up');
  expect(log).toContain('Cancelled: cancelled by admin');
  const again = await served.ask('POST', `/runs/${runId}/cancel`, {});
  expect(again).toMatchObject({ status: 409, body: { error: { code: 'run-finished' } } });
});

test('what failed runs again as another attempt, with secrets that no log shows', async () => {
  await served.ask('PUT', '/projects/octo/runs/secrets/TOKEN', { value: 'hush-hush-42' });
  const runId = await dispatch('flaky.yml');
  expect(await served.finished(runId)).toMatchObject({ conclusion: 'failure', attempt: 1 });
  const rerun = await served.ask<RunAnswer>('POST', `/runs/${runId}/rerun`, { jobs: 'failed' });
  expect(rerun).toMatchObject({ status: 201, body: { attempt: 2, conclusion: null } });
  expect(await served.finished(runId)).toMatchObject({ conclusion: 'success', attempt: 2 });
  const first = await served.ask<JobsAnswer>('GET', `/runs/${runId}/jobs?attempt=1`);
  expect(first.body.jobs.map(({ key, conclusion }) => [key, conclusion])).toEqual([
    ['good', 'success'],
    ['flaky', 'failure'],
    ['after', 'skipped'],
  ]);
  const log = await served.log(runId, 'after');
  expect(log).toContain('***');
  expect(log).toContain('24-hsuh-hsuh');
  expect(log).not.toContain('hush-hush-42');
  expect(await served.ask('GET', '/projects/octo/runs/secrets')).toMatchObject({
    body: { secrets: [{ name: 'TOKEN' }] },
  });
  const flaky = await served.job(runId, 'flaky', () => true);
  const { body: detail } = await served.ask<JobDetail>('GET', `/jobs/${flaky.id}/steps`);
  expect(detail).toMatchObject({
    annotations: [{ level: 'warning', file: 'a.txt', line: 3, message: 'odd' }],
    summaries: [{ markdown: '**done**\n' }],
  });
});

test('every job that waits says why', async () => {
  const runId = await dispatch('nobody.yml');
  const gpu = await served.job(runId, 'gpu', ({ status }) => status === 'queued');
  expect(gpu.waiting).toBe('no runner has the labels gpu, self-hosted (2 runners are there)');
  const { body } = await served.ask<{ jobs: { key: string; waiting: string }[] }>(
    'GET',
    '/queue?project=octo/runs',
  );
  expect(body.jobs.map(({ key, waiting }) => [key, waiting])).toEqual(
    expect.arrayContaining([
      ['gpu', gpu.waiting],
      ['later', 'it needs gpu'],
    ]),
  );
  await served.ask('POST', `/runs/${runId}/cancel`, { how: 'kill', reason: 'nobody comes' });
  expect(await served.finished(runId)).toMatchObject({ conclusion: 'cancelled', reason: 'nobody comes' });
});

test('a log is followed from where a client was interrupted, and read in ranges', async () => {
  const runId = await dispatch('flaky.yml');
  await served.finished(runId);
  const job = await served.job(runId, 'good', () => true);
  const url = `${served.server.url}/api/v1/jobs/${job.id}/log`;
  const headers = { authorization: `Bearer ${served.token}`, accept: 'text/event-stream' };
  const whole = messagesOf(await (await fetch(url, { headers })).text());
  expect(whole.map(({ event }) => event)).toContain('step.log');
  expect(whole.at(-1)?.event).toBe('end');
  const third = whole[2];
  const rest = messagesOf(
    await (await fetch(url, { headers: { ...headers, 'last-event-id': third?.id ?? '' } })).text(),
  );
  expect(rest).toEqual(whole.slice(3));
  const stream = `${served.server.url}/api/v1/jobs/${job.id}/stream`;
  const bytes = async (range?: string) => {
    const response = await fetch(stream, { headers: { ...headers, ...(range && { range }) } });
    return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
  };
  const all = await bytes();
  expect((await bytes('bytes=3-9')).bytes).toEqual(all.bytes.subarray(3, 10));
  expect(await bytes('bytes=-5')).toEqual({ status: 206, bytes: all.bytes.subarray(-5) });
  expect((await bytes(`bytes=${all.bytes.length}-`)).status).toBe(416);
});

test('the events of a run are followed to its end, and a client that has them all is told to stop', async () => {
  const runId = await dispatch('flaky.yml');
  const url = `${served.server.url}/api/v1/runs/${runId}/events`;
  const headers = { authorization: `Bearer ${served.token}` };
  const messages = messagesOf(await (await fetch(url, { headers })).text());
  expect(messages.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['run.queued', 'job.planned', 'run.finished']),
  );
  expect(messages.at(-1)?.event).toBe('end');
  const last = messages.at(-2)?.id ?? '';
  expect((await fetch(url, { headers: { ...headers, 'last-event-id': last } })).status).toBe(204);
  // PostgreSQL knows no such number.
  const beyond = { ...headers, 'last-event-id': '999999999999999' };
  expect((await fetch(url, { headers: beyond })).status).toBe(204);
  expect((await served.ask('GET', `/runs/${runId}/jobs?attempt=${2 ** 31}`)).status).toBe(400);
});

test('runs are listed a page at a time and by what they are', async () => {
  await served.finished(await dispatch('flaky.yml'));
  const page = async (query: string) => (await served.ask<RunPage>('GET', `/runs?${query}`)).body;
  const first = await page('limit=2');
  expect(first.runs).toHaveLength(2);
  const second = await page(`limit=2&cursor=${first.next}`);
  expect(Math.max(...second.runs.map(({ id }) => id))).toBeLessThan(
    Math.min(...first.runs.map(({ id }) => id)),
  );
  const failed = await page('conclusion=failure&workflow=flaky.yml&ref=main&project=octo/runs');
  expect(failed.runs.length).toBeGreaterThan(0);
  for (const run of failed.runs) expect(run).toMatchObject({ conclusion: 'failure', ref: 'refs/heads/main' });
  expect((await page('event=push')).runs).toEqual([]);
});

async function untilLogged(jobId: number, text: string): Promise<void> {
  const response = await fetch(`${served.server.url}/api/v1/jobs/${jobId}/log`, {
    headers: { authorization: `Bearer ${served.token}`, accept: 'text/event-stream' },
  });
  let read = '';
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    read += piece;
    if (read.includes(`${text}\\n`)) return;
  }
  throw new Error(`the log ended without '${text}': ${read}`);
}

function messagesOf(text: string): { event: string; id?: string; data: string }[] {
  return text
    .split('\n\n')
    .filter((block) => block.trim() !== '' && !block.startsWith(':'))
    .map((block) => Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2))));
}
