import type { JobRequest } from '@slipway/workflow';
import { permissionsOfJob } from '../access/job-permissions.ts';
import { tokenRequestUrl } from './oidc-app.ts';
import { issueRequestToken, type RunningJob } from './request-token.ts';

/** The variables by which a job asks for ID tokens; none without `id-token: write`. */
export async function idTokenVariables(
  request: JobRequest,
  job: RunningJob,
  { publicUrl, key, now }: { publicUrl: string; key: Uint8Array; now: number },
): Promise<Record<string, string>> {
  if (permissionsOfJob(request)['id-token'] !== 'write') return {};
  return {
    ACTIONS_ID_TOKEN_REQUEST_URL: tokenRequestUrl(publicUrl),
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: await issueRequestToken(job, { key, now }),
  };
}
