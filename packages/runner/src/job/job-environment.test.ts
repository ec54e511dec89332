import { describe, expect, test } from 'vitest';
import { createJobEnvironment } from './job-environment.ts';

describe('a job environment', () => {
  test('puts the folder added last first, each once', () => {
    const environment = createJobEnvironment();
    for (const folder of ['/a', '/b', '/a']) environment.addPath(folder);
    expect(environment.path).toEqual(['/a', '/b']);
  });

  test('keeps what a fork changes apart until it is merged, and shows the fork what changes meanwhile', () => {
    const environment = createJobEnvironment({ SHARED: '1' });
    environment.addPath('/base');
    const fork = environment.fork();
    fork.set('OWN', 'x');
    fork.addPath('/own');
    environment.set('SHARED', '2');
    environment.addPath('/later');
    expect(environment.variables).toEqual({ SHARED: '2' });
    expect(fork.variables).toEqual({ SHARED: '2', OWN: 'x' });
    expect(fork.path).toEqual(['/own', '/later', '/base']);

    fork.merge();
    expect(environment.variables).toEqual({ SHARED: '2', OWN: 'x' });
    expect(environment.path).toEqual(['/own', '/later', '/base']);
  });
});
