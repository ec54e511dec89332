import { describe, expect, it } from 'vitest';
import { placeJob, type RunnerLabels, readRunnerTargets } from './runner-labels.ts';

function labels(given: string[] = [], machine: Partial<RunnerLabels> = {}): RunnerLabels {
  return { given: readRunnerTargets(given).targets, platform: 'linux', arch: 'x64', ...machine };
}

describe('who serves a job', () => {
  it.each([['ubuntu-latest'], ['ubuntu-24.04'], ['Linux'], ['self-hosted'], ['X64']])(
    'is a Linux host for %s',
    (label) => {
      expect(placeJob([label], labels())).toEqual({ kind: 'served', target: { kind: 'host' } });
    },
  );

  it.each([['macos-latest'], ['windows-2025'], ['gpu'], ['arm64'], ['ubuntu-24.04-arm']])(
    'is nobody on an x64 Linux machine for %s, and the reason names the way out',
    (label) => {
      const placement = placeJob(['self-hosted', label], labels());
      expect(placement).toMatchObject({
        kind: 'unserved',
        reason: expect.stringContaining(`--runner ${label}=host`),
      });
    },
  );

  it('is what --runner says for one of its labels, else what it says for all', () => {
    const given = labels(['gpu=host', '*=docker://debian:12']);
    expect(placeJob(['self-hosted', 'GPU'], given)).toEqual({ kind: 'served', target: { kind: 'host' } });
    expect(placeJob(['windows-latest'], given)).toMatchObject({
      target: { kind: 'docker', image: 'debian:12' },
    });
  });

  it('is a Mac for macOS labels', () => {
    const mac = labels([], { platform: 'darwin', arch: 'arm64' });
    expect(placeJob(['macos-15'], mac).kind).toBe('served');
    expect(placeJob(['ubuntu-latest'], mac).kind).toBe('unserved');
  });

  it('cannot be anything but the host or an image', () => {
    for (const typed of ['gpu', '=host', 'gpu=vm', 'gpu=docker://']) {
      expect(readRunnerTargets([typed]).mistakes).toHaveLength(1);
    }
  });
});
