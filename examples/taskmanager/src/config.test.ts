import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

const required = {
  DATABASE_URL: 'postgresql://taskmanager:secret@localhost:5432/taskmanager',
  REDIS_URL: 'redis://localhost:6379/0',
};

describe('readConfig', () => {
  test('fills in defaults around the two required URLs', () => {
    const reading = readConfig(required);
    expect(reading).toMatchObject({
      kind: 'valid',
      config: { port: 3000, host: '0.0.0.0', logLevel: 'info', sessionTtlMs: 28_800_000, trustedProxies: 0 },
    });
  });

  test('names every variable that is missing or wrong in one answer', () => {
    const reading = readConfig({ PORT: 'eighty', LOG_LEVEL: 'loud', REDIS_URL: 'http://localhost' });
    expect(reading.kind === 'invalid' && reading.problems).toEqual([
      'PORT: must be a whole number from 0 to 65535',
      'DATABASE_URL: must be set to a URL such as postgresql://user:password@localhost:5432/taskmanager',
      'REDIS_URL: must be set to a URL such as redis://localhost:6379/0',
      'LOG_LEVEL: must be one of trace, debug, info, warn, error, fatal, silent',
    ]);
  });

  test('an empty variable counts as not set', () => {
    expect(readConfig({ ...required, PORT: '' })).toMatchObject({ kind: 'valid', config: { port: 3000 } });
    expect(readConfig({ ...required, DATABASE_URL: '' }).kind).toBe('invalid');
  });

  test('a problem never repeats the value, which may hold a password', () => {
    const reading = readConfig({ ...required, DATABASE_URL: 'ftp://root:hunter2@db/tasks' });
    expect(JSON.stringify(reading)).not.toContain('hunter2');
  });
});
