import type { JobRequest, Value } from '@slipway/workflow';
import { subjectOf } from './subject.ts';

export interface ClaimOptions {
  request: Pick<JobRequest, 'contexts' | 'environment' | 'workflowPath'>;
  attempt: number;
  subjectForm: 'name' | 'id';
  refProtected: boolean;
}

/**
 * What an ID token says of its job, by GitHub's names: all of it texts, ids too. Without what the token has of itself (`iss`, `aud`, `jti`, times).
 * Pure.
 * @see https://docs.github.com/en/actions/reference/security/oidc#oidc-token-claims
 */
export function claimsOf({
  request: { contexts, environment, workflowPath },
  attempt,
  subjectForm,
  refProtected,
}: ClaimOptions): Record<string, string> {
  const { github } = contexts;
  const of = (name: string): string => text(github[name]);
  const repository = of('repository');
  const subject = {
    repository,
    repositoryId: of('repository_id'),
    ownerId: of('repository_owner_id'),
    eventName: of('event_name'),
    ref: of('ref'),
    environment,
  };
  // A workflow of another repository is named with its repository and ref already.
  const isRemote = workflowPath.includes('@');
  return {
    sub: subjectOf(subject, subjectForm),
    ...(environment !== undefined && environment !== '' && { environment }),
    ref: of('ref'),
    ref_type: of('ref_type'),
    ref_protected: String(refProtected),
    sha: of('sha'),
    repository,
    repository_id: of('repository_id'),
    repository_owner: of('repository_owner'),
    repository_owner_id: of('repository_owner_id'),
    repository_visibility: of('repository_visibility'),
    run_id: of('run_id'),
    run_number: of('run_number'),
    run_attempt: String(attempt),
    actor: of('actor'),
    actor_id: of('actor_id'),
    workflow: of('workflow'),
    workflow_ref: of('workflow_ref'),
    workflow_sha: of('workflow_sha'),
    job_workflow_ref: isRemote ? workflowPath : `${repository}/${workflowPath}@${of('ref')}`,
    ...(!isRemote && { job_workflow_sha: of('workflow_sha') }),
    head_ref: of('head_ref'),
    base_ref: of('base_ref'),
    event_name: of('event_name'),
    runner_environment: 'self-hosted',
  };
}

/** Who a token is for where nobody says: the owner's page. */
export function defaultAudience(github: Record<string, Value>): string {
  return `${text(github.server_url)}/${text(github.repository_owner)}`;
}

function text(value: Value | undefined): string {
  return value === undefined || value === null ? '' : String(value);
}
