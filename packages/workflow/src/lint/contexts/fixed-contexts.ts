import {
  anyType,
  atLeast,
  booleanType,
  type ExpressionType,
  exactly,
  mapOf,
  numberType,
  stringType,
} from '../types/expression-type.ts';

/** @see https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#github-context */
const githubProperties = {
  action: stringType,
  action_path: stringType,
  action_ref: stringType,
  action_repository: stringType,
  action_status: stringType,
  actor: stringType,
  actor_id: stringType,
  api_url: stringType,
  artifact_cache_size_limit: numberType,
  base_ref: stringType,
  env: stringType,
  event_name: stringType,
  event_path: stringType,
  graphql_url: stringType,
  head_ref: stringType,
  job: stringType,
  job_workflow_sha: stringType,
  output: stringType,
  path: stringType,
  ref: stringType,
  ref_name: stringType,
  ref_protected: booleanType,
  ref_type: stringType,
  repository: stringType,
  repository_id: stringType,
  repository_owner: stringType,
  repository_owner_id: stringType,
  repository_visibility: stringType,
  repositoryurl: stringType,
  retention_days: stringType,
  run_attempt: stringType,
  run_id: stringType,
  run_number: stringType,
  secret_source: stringType,
  server_url: stringType,
  sha: stringType,
  state: stringType,
  step_summary: stringType,
  token: stringType,
  triggering_actor: stringType,
  workflow: stringType,
  workflow_ref: stringType,
  workflow_sha: stringType,
  workspace: stringType,
};

/** `github`; the event is what its sender makes it, only a dispatch's inputs are known. */
export function githubContext(inputs: ExpressionType): ExpressionType {
  return exactly({ ...githubProperties, event: atLeast({ inputs }, anyType) });
}

export const runnerContext: ExpressionType = exactly({
  arch: stringType,
  debug: stringType,
  environment: stringType,
  name: stringType,
  os: stringType,
  temp: stringType,
  tool_cache: stringType,
  workspace: stringType,
});

export const strategyContext: ExpressionType = exactly({
  'fail-fast': booleanType,
  'job-index': numberType,
  'job-total': numberType,
  'max-parallel': numberType,
});

const containerType = exactly({ id: stringType, network: stringType });

/** `job`, with the services that the job has; undefined: not known. */
export function jobContext(services: string[] | undefined): ExpressionType {
  const service = exactly({ id: stringType, network: stringType, ports: mapOf(stringType) });
  return exactly({
    check_run_id: numberType,
    container: containerType,
    services: services ? exactly(Object.fromEntries(services.map((id) => [id, service]))) : mapOf(service),
    status: stringType,
    workflow_file_path: stringType,
    workflow_ref: stringType,
    workflow_repository: stringType,
    workflow_sha: stringType,
  });
}

/** `env` and `vars`: which of them exist is known when the job runs. */
export const variablesContext: ExpressionType = mapOf(stringType);

/** `secrets`; `github_token` is always there, and so are those that debug a run. */
export function secretsContext(declared: string[] | undefined): ExpressionType {
  if (!declared) return mapOf(stringType);
  const names = [...declared, 'github_token', 'actions_step_debug', 'actions_runner_debug'];
  return exactly(Object.fromEntries(names.map((name) => [name, stringType])));
}

/** One step in `steps`; `outputs` undefined: not known which it has. */
export function stepType(outputs: string[] | undefined): ExpressionType {
  return exactly({ outputs: outputsType(outputs), outcome: stringType, conclusion: stringType });
}

/** One job in `needs`. */
export function neededJobType(outputs: string[] | undefined): ExpressionType {
  return exactly({ outputs: outputsType(outputs), result: stringType });
}

function outputsType(outputs: string[] | undefined): ExpressionType {
  return outputs ? exactly(Object.fromEntries(outputs.map((name) => [name, stringType]))) : mapOf(stringType);
}
