import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '@slipway/delivery';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type OneOffRun, UnknownArtifact } from '../host/host.ts';
import { createDockerCli } from './docker-cli.ts';
import { createDockerHost } from './docker-host.ts';

/** What a client does that has no engine, or none that answers: a script stands in for it, so that no engine is needed here. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-docker-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function hostOf(script: string, answerMs?: number) {
  const file = join(folder, 'docker');
  writeFileSync(file, `#!/bin/sh\necho "$@" >> '${folder}/calls'\n${script}\n`);
  chmodSync(file, 0o755);
  return createDockerHost(join(folder, 'state'), createDockerCli(file, answerMs));
}

const calls = () => readFileSync(join(folder, 'calls'), 'utf8');
const digest: Digest = `sha256:${'a'.repeat(64)}`;
const run: OneOffRun = {
  token: 't.migrations',
  group: 'migration',
  component: 'migrations',
  artifact: { digest },
  command: 'true',
  volumes: [],
  env: {},
  timeoutMs: 60_000,
};

test('an engine that never answers is given up, and it is said what it was asked for', async () => {
  const host = hostOf('exec sleep 600', 200);
  await expect(host.instances()).rejects.toThrow('docker ps: no answer in 0.2 s');
  await expect(host.oneOff('t')).rejects.toThrow('docker ps: no answer in 0.2 s');
  await expect(host.stopOneOff('t', 'it was stopped')).rejects.toThrow('docker ps: no answer in 0.2 s');
});

test('that there is no engine does not mean that there is no image', async () => {
  const host = hostOf(
    'echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock." >&2; exit 1',
  );
  const failure = await host.fetch({ digest }).catch((error) => error);
  expect(failure).not.toBeInstanceOf(UnknownArtifact);
  expect(String(failure)).toContain('Cannot connect to the Docker daemon');
  const lacking = hostOf(`echo "Error response from daemon: No such image: ${digest}" >&2; exit 1`);
  await expect(lacking.fetch({ digest })).rejects.toBeInstanceOf(UnknownArtifact);
});

test('a migration that is stopped while it is about to begin never does', async () => {
  const host = hostOf(`case "$1" in
network) touch '${folder}/asked'; until test -e '${folder}/go'; do sleep 0.05; done; echo net ;;
esac`);
  const begun = host.beginOneOff(run);
  await vi.waitFor(() => expect(existsSync(join(folder, 'asked'))).toBe(true), { timeout: 25_000 });
  await host.stopOneOff(run.token, 'it was stopped');
  writeFileSync(join(folder, 'go'), '');
  const ended = { kind: 'known', state: { kind: 'ended', exitCode: null, reason: 'it was stopped' } };
  expect(await begun).toMatchObject(ended);
  expect(await host.beginOneOff(run)).toMatchObject(ended);
  expect(calls()).not.toMatch(/^run /m);
});

/** What `docker inspect` says of a container that runs. */
const running = (id: string) =>
  JSON.stringify([
    {
      Id: 'c1',
      Image: digest,
      RestartCount: 0,
      Config: { Image: digest, Labels: { 'slipway.id': id } },
      HostConfig: {},
      State: {
        Status: 'running',
        Running: true,
        Paused: false,
        ExitCode: 0,
        StartedAt: '2026-01-01T00:00:00Z',
        FinishedAt: '0001-01-01T00:00:00Z',
      },
    },
  ]);

test('a migration whose container can not be killed is not said to be stopped', async () => {
  const host = hostOf(`case "$1" in
ps) echo c1 ;;
inspect) echo '${running(run.token)}' ;;
kill) echo "tried to kill container, but did not receive an exit event" >&2; exit 1 ;;
esac`);
  await expect(host.stopOneOff(run.token, 'it was stopped')).rejects.toThrow('did not receive an exit event');
});

test('an instance whose container can not be removed is not said to be gone', async () => {
  const refuses = (message: string) =>
    hostOf(`case "$1" in
ps) echo c1 ;;
inspect) echo '${running('r1.api.1')}' ;;
stop | rm) echo "${message}" >&2; exit 1 ;;
esac`);
  const stuck = refuses('Error response from daemon: cannot remove container: did not receive an exit event');
  await expect(stuck.removeInstance('r1.api.1')).rejects.toThrow('did not receive an exit event');
  await refuses('Error response from daemon: No such container: c1').removeInstance('r1.api.1');
});

test('an engine that goes away in the middle of a look is not taken to run nothing', async () => {
  const host = hostOf(`case "$1" in
ps) echo c1; echo c2 ;;
inspect) echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock." >&2; exit 1 ;;
esac`);
  await expect(host.instances()).rejects.toThrow('Cannot connect to the Docker daemon');
  const removed = hostOf(`case "$1" in
ps) echo c1; echo c2 ;;
inspect) echo '${running('r1.api.1')}'; echo "Error: No such container: c2" >&2; exit 1 ;;
esac`);
  expect(await removed.instances()).toMatchObject([{ id: 'r1.api.1' }]);
});

test('a question that takes too long is not left running', async () => {
  const host = hostOf(`case "$1" in
network) echo net ;;
run) exec sleep 600 ;;
esac`);
  const answer = await host.ask({ ...run, timeoutMs: 300 });
  expect(answer).toMatchObject({ exitCode: null, stderr: 'no answer in 0.3 s' });
  const [, name] = /^run .*--name (\S+)/m.exec(calls()) ?? [];
  expect(calls()).toContain(`rm --force --volumes ${name}`);
});
