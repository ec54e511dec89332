import { expect, test } from 'vitest';
import { memoryApp } from '../../tests/memory/memory-app.ts';
import { createRegistry } from './metrics.ts';

const build = { version: '1.2.3', commit: 'abc1234' };

test('requests are timed by method, status and the pattern of their route', async () => {
  let clock = 0;
  const app = await memoryApp({ registry: createRegistry('api', build), monotonicMs: () => (clock += 20) });
  await app.send('GET', '/api/v1/tasks/0b8f5d0e-6a0f-4b57-9f0e-0d6a3b1f0009');
  await app.request('/nowhere/to/go');
  const response = await app.request('/metrics');
  expect(response.headers.get('content-type')).toContain('text/plain');
  const text = await response.text();
  const labels = 'service="api",version="1.2.3",method="GET",route="/api/v1/tasks/:id",status="404"';
  expect(text).toContain(`http_request_duration_seconds_count{${labels}} 1`);
  expect(text).toContain('route="/*",status="404"');
  expect(text).not.toContain('/nowhere/to/go');
});

test('the process is measured too', async () => {
  const app = await memoryApp({ registry: createRegistry('api', build) });
  const text = await (await app.request('/metrics')).text();
  expect(text).toMatch(/^process_resident_memory_bytes\{service="api",version="1\.2\.3"\} \d+/m);
});
