import { describe, expect, test } from 'vitest';
import { readApiConfig } from './api-config.ts';
import { readWorkerConfig } from './worker-config.ts';

const required = {
  DATABASE_URL: 'postgresql://taskmanager:secret@localhost:5432/taskmanager',
  REDIS_URL: 'redis://localhost:6379/0',
};

describe('readApiConfig', () => {
  test('fills in defaults around the two required URLs', () => {
    const reading = readApiConfig(required);
    expect(reading).toMatchObject({
      kind: 'valid',
      value: { port: 3000, host: '0.0.0.0', logLevel: 'info', sessionTtlMs: 28_800_000, trustedProxies: 0 },
    });
  });

  test('names every variable that is missing or wrong in one answer', () => {
    const reading = readApiConfig({ PORT: 'eighty', LOG_LEVEL: 'loud', REDIS_URL: 'http://localhost' });
    expect(reading.kind === 'invalid' && reading.problems).toEqual([
      'PORT: must be a whole number from 0 to 65535',
      'DATABASE_URL: must be set to a URL such as postgresql://user:password@localhost:5432/taskmanager',
      'REDIS_URL: must be set to a URL such as redis://localhost:6379/0',
      'LOG_LEVEL: must be one of trace, debug, info, warn, error, fatal, silent',
    ]);
  });

  test('an empty variable counts as not set', () => {
    expect(readApiConfig({ ...required, PORT: '' })).toMatchObject({ kind: 'valid', value: { port: 3000 } });
    expect(readApiConfig({ ...required, DATABASE_URL: '' }).kind).toBe('invalid');
  });

  test('a problem never repeats the value, which may hold a password', () => {
    const reading = readApiConfig({ ...required, DATABASE_URL: 'ftp://root:hunter2@db/tasks' });
    expect(JSON.stringify(reading)).not.toContain('hunter2');
  });
});

describe('readWorkerConfig', () => {
  test('has its own defaults beside those of every process', () => {
    expect(readWorkerConfig(required)).toMatchObject({
      kind: 'valid',
      value: { port: 3000, scanIntervalMs: 60_000, reminderLeadMs: 86_400_000, webhookUrl: undefined },
    });
  });

  test('names what is wrong', () => {
    const reading = readWorkerConfig({ ...required, NOTIFY_WEBHOOK_URL: 'chat', DELIVERY_ATTEMPTS: '0' });
    expect(reading).toEqual({
      kind: 'invalid',
      problems: [
        'NOTIFY_WEBHOOK_URL: must be set to a URL such as https://chat.example.com/hooks/tasks',
        'DELIVERY_ATTEMPTS: must be a whole number from 1 to 100',
      ],
    });
  });
});
