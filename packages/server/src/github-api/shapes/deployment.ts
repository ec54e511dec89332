import type { GithubDeployment, GithubDeploymentStatus } from '../records/deployments.ts';
import { type Links, nodeId, timeText } from './links.ts';
import { userShape } from './user.ts';

/** @see https://docs.github.com/en/rest/deployments/deployments */
export function deploymentShape(links: Links, deployment: GithubDeployment) {
  const { id, sha, ref, task, environment, description, payload, creator, created_at, updated_at } =
    deployment;
  const url = `${links.api}/deployments/${id}`;
  return {
    url,
    id,
    node_id: nodeId('Deployment', id),
    sha,
    ref,
    task,
    payload: JSON.parse(payload) as unknown,
    original_environment: environment,
    environment,
    description,
    creator: userShape(creator, links.server),
    created_at: timeText(created_at),
    updated_at: timeText(updated_at),
    statuses_url: `${url}/statuses`,
    repository_url: links.api,
    transient_environment: deployment.transient_environment === 1,
    production_environment: deployment.production_environment === 1,
  };
}

/** @see https://docs.github.com/en/rest/deployments/statuses */
export function deploymentStatusShape(links: Links, status: GithubDeploymentStatus) {
  const { id, deployment_id, state, description, environment, environment_url, log_url, creator } = status;
  const deployment = `${links.api}/deployments/${deployment_id}`;
  return {
    url: `${deployment}/statuses/${id}`,
    id,
    node_id: nodeId('DeploymentStatus', id),
    state,
    creator: userShape(creator, links.server),
    description,
    environment,
    target_url: log_url,
    created_at: timeText(status.created_at),
    updated_at: timeText(status.created_at),
    deployment_url: deployment,
    repository_url: links.api,
    environment_url,
    log_url,
  };
}
