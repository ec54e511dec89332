import { hostname } from 'node:os';
import { join } from 'node:path';
import type { EvaluationScope, JobRequest, Value } from '@slipway/workflow';
import type { Workspace } from '../workspace/create-workspace.ts';
import type { JobContexts, JobState } from './job-state.ts';
import { randomHex } from './random-hex.ts';
import type { RunnerOptions } from './runner-options.ts';

/** The contexts that are known before the first step. */
export function createContexts(request: JobRequest, options: RunnerOptions, folders: Workspace): JobContexts {
  const { github, inputs, matrix, needs, strategy, vars } = request.contexts;
  const token = secretNamed(request.secrets, 'GITHUB_TOKEN') ?? `slipway_${randomHex(20)}`;
  return {
    github: {
      ...github,
      job: request.job.id,
      token,
      workspace: folders.workspace,
      event_path: eventPath(folders),
    },
    inputs,
    job: { status: 'success', container: {}, services: {} },
    matrix,
    needs,
    runner: {
      name: options.name ?? `slipway-${hostname()}`,
      os: process.platform === 'darwin' ? 'macOS' : 'Linux',
      arch: architectures[process.arch] ?? process.arch.toUpperCase(),
      temp: folders.temp,
      tool_cache: options.toolCache ?? folders.toolCache,
      workspace: folders.runnerWorkspace,
      environment: 'self-hosted',
      ...(asksForDebugging(request) ? { debug: '1' } : {}),
    },
    secrets: { ...request.secrets, GITHUB_TOKEN: token },
    strategy,
    vars,
  };
}

const architectures: Record<string, string> = { x64: 'X64', arm64: 'ARM64', arm: 'ARM', ia32: 'X86' };

/** Where the event's payload is written for GITHUB_EVENT_PATH. */
export function eventPath(folders: Workspace): string {
  return join(folders.temp, '_github_workflow', 'event.json');
}

/** ACTIONS_STEP_DEBUG, as a secret or a variable. */
export function asksForDebugging({ secrets, contexts }: JobRequest): boolean {
  const asked = secretNamed(secrets, 'ACTIONS_STEP_DEBUG') ?? contexts.vars.ACTIONS_STEP_DEBUG;
  return String(asked).toLowerCase() === 'true';
}

/** What is said there is no secret: `true` would be masked everywhere. */
export function isSecret(name: string): boolean {
  return !/^ACTIONS_(STEP|RUNNER)_DEBUG$/i.test(name);
}

/** Names of secrets ignore case. */
function secretNamed(secrets: Record<string, string>, name: string): string | undefined {
  const found = Object.entries(secrets).find(([key, value]) => key.toUpperCase() === name && value !== '');
  return found?.[1];
}

/** What the keys of the job itself may name, before and after its steps. */
export function jobScope(job: JobState, steps: { [id: string]: Value } = {}): EvaluationScope {
  const { contexts } = job;
  return {
    contexts: {
      ...contexts,
      job: { ...contexts.job, status: job.status },
      env: { ...job.environment.variables },
      steps,
    },
    status: {
      success: job.status === 'success',
      failure: job.status === 'failure',
      cancelled: job.status === 'cancelled',
    },
    hashFiles: job.hashing.hashFiles,
  };
}
