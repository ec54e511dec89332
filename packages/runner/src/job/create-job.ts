import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { JobRequest } from '@slipway/workflow';
import { createMatcherRegistry } from '../commands/matcher-registry.ts';
import { createPauses } from '../debug/pauses.ts';
import { createContainerSession } from '../docker/container-session.ts';
import { createMasker, type Masker } from '../output/masker.ts';
import type { EmitJobEvent } from '../output/step-log.ts';
import { createOutputPipes } from '../processes/output-pipes.ts';
import { createPipeStore } from '../processes/pipe-store.ts';
import { markProcesses } from '../processes/process-mark.ts';
import { createHostExecutor } from '../steps/host-executor.ts';
import { createWorkspace } from '../workspace/create-workspace.ts';
import { pickBaseEnvironment } from './base-environment.ts';
import { createFileHashing } from './file-hashing.ts';
import { asksForDebugging, createContexts, isSecret } from './job-contexts.ts';
import { createJobEnvironment } from './job-environment.ts';
import type { JobContexts, JobState } from './job-state.ts';
import type { RunnerOptions } from './runner-options.ts';

export interface JobRun {
  request: JobRequest;
  options: RunnerOptions;
  /** Counts the runner's jobs from 1. */
  number: number;
  emit: EmitJobEvent;
  cancelled: AbortSignal;
  killed: AbortSignal;
}

/** Makes the job's folders and what its steps share. */
export async function createJob(run: JobRun): Promise<JobState> {
  const { request, options, number } = run;
  const resume = options.resume?.job.jobKey === request.jobKey ? options.resume : undefined;
  if (resume !== undefined) {
    const { takeFolder } = await import('../kept/resume-job.ts');
    takeFolder(resume, join(options.workDirectory, String(number)));
  }
  const folders = createWorkspace({
    workDirectory: options.workDirectory,
    job: number,
    repository: String(request.contexts.github.repository ?? 'local/repository'),
  });
  const pipeDirectory = join(folders.root, '_pipes');
  mkdirSync(pipeDirectory);
  const pipes = createOutputPipes(pipeDirectory, createPipeStore(join(options.slipwayHome, 'pipes')));
  const contexts = createContexts(request, options, folders);
  const trackingId = `${options.trackingPrefix}_${number}`;
  const shared = {
    ...folders,
    toolCache: String(contexts.runner.tool_cache),
    fetchedActions: join(options.slipwayHome, 'actions'),
  };
  let lastStep = 0;
  return {
    request,
    options,
    folders,
    trackingId,
    pipes,
    began: markProcesses(),
    executor: createHostExecutor({ baseEnv: pickBaseEnvironment(options.baseEnv), pipes }),
    containers:
      options.containers &&
      createContainerSession({ source: options.containers, trackingId, folders: shared, pipes }),
    masker: maskerOf(contexts),
    matchers: createMatcherRegistry(),
    emit: run.emit,
    contexts,
    environment: createJobEnvironment(),
    defaults: {},
    debug: asksForDebugging(request),
    cancelled: run.cancelled,
    killed: run.killed,
    status: run.cancelled.aborted ? 'cancelled' : 'success',
    takeStepNumber: () => lastStep++,
    hashing: createFileHashing(folders.workspace),
    steps: [...request.job.steps],
    pauses: createPauses(),
    checkouts: [],
    number,
    points: [],
    initialVariables: {},
    resume,
  };
}

function maskerOf({ secrets }: JobContexts): Masker {
  const masker = createMasker();
  for (const [name, value] of Object.entries(secrets)) {
    if (isSecret(name)) masker.add(String(value));
  }
  masker.add(Buffer.from(`x-access-token:${secrets.GITHUB_TOKEN}`).toString('base64'));
  return masker;
}
