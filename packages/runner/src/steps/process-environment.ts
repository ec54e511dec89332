import { delimiter } from 'node:path';
import type { Value } from '@slipway/workflow';
import { trackingVariable } from '../processes/tracking.ts';
import { envOf, type RunningStep } from './running-step.ts';

/**
 * The whole environment of a step's process: the machine's, `env:` and GITHUB_ENV, then what the step's kind `adds`, then PATH
 * with what GITHUB_PATH put in front, and last, so that nothing can pretend to be them, GITHUB_* and RUNNER_*.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/Handlers/Handler.cs
 */
export function processEnvironment(
  step: RunningStep,
  adds: Record<string, string> = {},
): Record<string, string> {
  const { job } = step;
  const { slipwayServer } = job.request;
  const server: Record<string, string> = slipwayServer === undefined ? {} : { SLIPWAY_SERVER: slipwayServer };
  const env: Record<string, string> = { ...job.executor.baseEnv, ...server, ...envOf(step), ...adds };
  env.PATH = searchPath(step);
  for (const name of githubVariables) {
    const value = step.github[name];
    if (isPlain(value)) env[`GITHUB_${name.toUpperCase()}`] = String(value);
  }
  for (const [name, value] of Object.entries(job.contexts.runner)) {
    if (isPlain(value)) env[`RUNNER_${name.toUpperCase()}`] = String(value);
  }
  env.CI ??= 'true';
  env.GITHUB_ACTIONS = 'true';
  env[trackingVariable] = job.trackingId;
  endAtNul(env);
  return env;
}

/** The system's variables end at the first NUL: what a step wrote behind one is lost, on GitHub too. */
function endAtNul(env: Record<string, string>): void {
  for (const [name, value] of Object.entries(env)) {
    if (name.includes('\0')) delete env[name];
    else if (value.includes('\0')) env[name] = value.slice(0, value.indexOf('\0'));
  }
}

/** Where the step's programs are looked up. */
export function searchPath(step: RunningStep): string {
  const own = envOf(step).PATH ?? step.job.executor.baseEnv.PATH ?? '';
  return [...step.environment.path, own].filter((part) => part !== '').join(delimiter);
}

function isPlain(value: Value | undefined): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/**
 * Parts of the `github` context that are variables too.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/GitHubContext.cs
 */
const githubVariables = [
  'action',
  'action_path',
  'action_ref',
  'action_repository',
  'actor',
  'actor_id',
  'api_url',
  'artifacts',
  'artifacts_list',
  'base_ref',
  'env',
  'event_name',
  'event_path',
  'graphql_url',
  'head_ref',
  'job',
  'output',
  'path',
  'ref',
  'ref_name',
  'ref_protected',
  'ref_type',
  'repository',
  'repository_id',
  'repository_owner',
  'repository_owner_id',
  'retention_days',
  'run_attempt',
  'run_id',
  'run_number',
  'server_url',
  'sha',
  'state',
  'step_summary',
  'triggering_actor',
  'workflow',
  'workflow_ref',
  'workflow_sha',
  'workspace',
] as const;
