import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startJobContainer } from '../../packages/runner/src/docker/job-container.ts';
import { createOutputPipes } from '../../packages/runner/src/processes/output-pipes.ts';
import type { Executor } from '../../packages/runner/src/steps/executor.ts';
import { engine, labelled } from './engine.ts';
import { testImages } from './test-engine.ts';

export const never = new AbortController().signal;
let jobs = 0;

export type ContainerJob = ReturnType<typeof newJob>;

/** A job's folders on the host and what its containers need. */
export function newJob() {
  if (engine.kind === 'skip') throw new Error(engine.reason);
  jobs += 1;
  const root = mkdtempSync(join(tmpdir(), 'slipway-container-'));
  const folders = {
    root,
    workspace: join(root, 'app', 'app'),
    temp: join(root, '_temp'),
    toolCache: join(root, '..', `${root.split('/').at(-1)}-tools`),
    fetchedActions: join(root, '_fetched'),
  };
  for (const folder of [folders.workspace, folders.temp, join(root, '_pipes')])
    mkdirSync(folder, { recursive: true });
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
    rmSync(folders.toolCache, { recursive: true, force: true });
  });
  return {
    client: engine.client,
    trackingId: `slipway_${process.pid}container_${jobs}`,
    folders,
    pipes: createOutputPipes(join(root, '_pipes')),
    log: () => undefined,
    signal: never,
  };
}

export async function startContainer(job: ContainerJob, env: Record<string, string> = {}, options = '') {
  const request = { image: testImages.base, env, ports: [], volumes: [], options };
  const container = await startJobContainer(request, job);
  onTestFinished(() => container.stop());
  return container;
}

/** Collects what a process prints. */
export function output() {
  const chunks: Buffer[] = [];
  return {
    sink: { write: (chunk: Buffer) => void chunks.push(chunk), end: () => undefined },
    text: () => Buffer.concat(chunks).toString(),
  };
}

export async function sh(
  executor: Executor,
  script: string,
  more: { env?: Record<string, string>; directory: string; cancel?: AbortSignal; kill?: AbortSignal },
) {
  const printed = output();
  const { exitCode } = await executor.run({
    file: '/bin/sh',
    args: ['-c', script],
    directory: more.directory,
    env: { ...executor.baseEnv, ...more.env },
    stdout: printed.sink,
    stderr: printed.sink,
    cancel: more.cancel ?? never,
    kill: more.kill ?? never,
  });
  return { exitCode, text: printed.text() };
}

export function hasStarted(job: ContainerJob): boolean {
  try {
    readFileSync(join(job.folders.workspace, 'started'));
    return true;
  } catch {
    return false;
  }
}

/** Ids of what the engine still has of a job. */
export function leftOf({ trackingId }: ContainerJob): Promise<string> {
  return labelled(`slipway.tracking-id=${trackingId}`);
}
