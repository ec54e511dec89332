import type { Artifact } from '../../artifacts/artifact-service.ts';
import { nodeId, timeText } from './links.ts';

/**
 * As GitHub shows artifacts, and beside it whether code that is not trusted made it.
 * @param api of the repository, `…/api/v3/repos/owner/name`
 * @see https://docs.github.com/en/rest/actions/artifacts
 */
export function artifactShape(api: string, artifact: Artifact, workflowRun: Record<string, unknown>) {
  const { id, name, sizeBytes, digest, untrusted, createdAt, expiresAt } = artifact;
  const url = `${api}/actions/artifacts/${id}`;
  return {
    id,
    node_id: nodeId('Artifact', id),
    name,
    size_in_bytes: sizeBytes,
    url,
    archive_download_url: `${url}/zip`,
    expired: false,
    digest,
    untrusted,
    created_at: timeText(createdAt),
    updated_at: timeText(createdAt),
    expires_at: timeText(expiresAt),
    workflow_run: workflowRun,
  };
}
