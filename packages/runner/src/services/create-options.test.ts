import { describe, expect, test } from 'vitest';
import { parseGoDuration, readCreateOptions } from './create-options.ts';

describe('readCreateOptions', () => {
  test('reads the health options of GitHub’s own documentation', () => {
    const read = readCreateOptions(
      '--health-cmd pg_isready --health-interval 10s --health-timeout 5s --health-retries 5',
    );
    expect(read).toMatchObject({
      kind: 'ok',
      options: {
        health: { command: 'pg_isready', intervalMs: 10_000, timeoutMs: 5_000, retries: 5, startPeriodMs: 0 },
      },
    });
  });

  test('reads quoted commands and the form with an equals sign', () => {
    const read = readCreateOptions('--health-cmd="mysqladmin ping -h localhost" --health-start-period=1m30s');
    expect(read).toMatchObject({
      kind: 'ok',
      options: { health: { command: 'mysqladmin ping -h localhost', startPeriodMs: 90_000, retries: 3 } },
    });
  });

  test('knows no health check when there is no command, or when it is switched off', () => {
    for (const text of ['', '--health-interval 5s', '--health-cmd x --no-healthcheck']) {
      expect(readCreateOptions(text)).toEqual({
        kind: 'ok',
        options: { env: {}, publish: [], volumes: [] },
      });
    }
  });

  test('accepts options that shape the container, short forms and explicit true', () => {
    const read = readCreateOptions(
      '--name pg -m 1g --shm-size=256m --privileged=true -e A=1 -e B=x=y -p 5432:5432 -v /a:/b --mount type=tmpfs,destination=/x',
    );
    expect(read).toEqual({
      kind: 'ok',
      options: { env: { A: '1', B: 'x=y' }, publish: ['5432:5432'], volumes: ['/a:/b'] },
    });
  });

  test.each([
    ['--helth-cmd x', /Unknown option '--helth-cmd'/],
    ["--health-cmd 'redis-cli ping'", /Unexpected argument/],
    ['--health-cmd x --health-interval 10', /--health-interval wants a duration/],
    ['--health-cmd x --health-retries many', /--health-retries wants a whole number/],
    ['--entrypoint sh', /--entrypoint and --network are not supported/],
  ])('refuses %s', (text, problem) => {
    expect(readCreateOptions(text)).toEqual({ kind: 'invalid', problem: expect.stringMatching(problem) });
  });
});

test('durations are Go’s', () => {
  expect(parseGoDuration('1m30s')).toBe(90_000);
  expect(parseGoDuration('1.5s')).toBe(1_500);
  expect(parseGoDuration('500ms')).toBe(500);
  expect(parseGoDuration('0')).toBe(0);
  expect(parseGoDuration('10')).toBeNull();
  expect(parseGoDuration('-1s')).toBeNull();
});
