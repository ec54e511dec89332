import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { findOnPath } from '../machine/binaries.ts';
import { findFreePort, isListening } from './native/host-port.ts';
import { createNativeServices } from './native/native-services.ts';
import type { ServiceRequest } from './service-provider.ts';
import { startServices } from './start-services.ts';

describe('startServices', () => {
  beforeEach((ctx) => {
    if (!findOnPath('redis-server')) ctx.skip('Redis is not installed');
  });

  test('a second job that fixes the same port waits until the first has stopped', async () => {
    const port = await findFreePort();
    const first = await newJob('the first job').start([redis({ ports: [`${port}:6379`] })]);
    const second = newJob();
    const starting = second.start([redis({ ports: [`${port}:6379`] })]);
    await expect.poll(() => second.lines.join('\n'), { timeout: 20_000 }).toContain('the first job');
    await first[0]?.stop();
    const started = await starting;
    expect(started[0]?.ports).toEqual({ '6379': String(port) });
  });

  test('when one service fails the others are stopped and their ports free', async () => {
    const port = await findFreePort();
    const failing = newJob().start([
      redis({ id: 'good', ports: [`${port}:6379`] }),
      redis({ id: 'bad', command: 'redis-server --no-such-option 1' }),
    ]);
    await expect(failing).rejects.toThrow(/Service bad .*no-such-option/s);
    expect(await isListening(port)).toBe(false);
    await newJob().start([redis({ ports: [`${port}:6379`] })]);
  });

  test('all images that can’t be served are named before any starts', async () => {
    const failing = newJob().start([
      redis({ id: 'a', image: 'kafka:1' }),
      redis({ id: 'b', image: 'nats:2' }),
      redis({}),
    ]);
    await expect(failing).rejects.toMatchObject({
      code: 'cannot-serve',
      message: expect.stringMatching(/Service a .*kafka:1[\s\S]*Service b .*nats:2/),
    });
  });

  test('two services of one job that want the same port are an error', async () => {
    const failing = newJob().start([
      redis({ id: 'a', ports: ['6000:6379'] }),
      redis({ id: 'b', options: '-p 6000:6379' }),
    ]);
    await expect(failing).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(/a and b both want port 6000/),
    });
  });

  test('a mapping that is none is an error', async () => {
    await expect(newJob().start([redis({ ports: ['http'] })])).rejects.toThrow(/http is not a port mapping/);
  });
});

function redis(request: Partial<ServiceRequest>): ServiceRequest {
  return { id: 'cache', image: 'redis:7', env: {}, ports: [], volumes: [], options: '', ...request };
}

let jobs = 0;

function newJob(holder = 'a job') {
  const home = mkdtempSync(join(tmpdir(), 'slipway-start-'));
  jobs += 1;
  const lines: string[] = [];
  const context = {
    trackingId: `slipway_${process.pid}start_${jobs}`,
    directory: join(home, 'services'),
    log: (line: string) => void lines.push(line),
    signal: new AbortController().signal,
  };
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return {
    lines,
    async start(requests: ServiceRequest[]) {
      const provider = createNativeServices({ slipwayHome: home });
      const started = await startServices({ provider, requests, context, holder });
      onTestFinished(async () => void (await Promise.all(started.map((service) => service.stop()))));
      return started;
    },
  };
}
