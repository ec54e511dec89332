import type { JobRequest, Value } from '@slipway/workflow';
import { isOfFork } from '../access/fork-code.ts';
import { permissionsOfJob } from '../access/job-permissions.ts';
import { issueJobToken } from '../access/job-token.ts';
import { equipRequest } from '../controller/equip-request.ts';
import type { EventSources } from '../events/event-sources.ts';
import { equipKept } from '../kept-jobs/equip-kept.ts';
import { idTokenVariables } from '../oidc/request-variables.ts';
import { type Claim, longestJobMs } from '../queue/job-queue.ts';
import { issueRuntimeToken } from '../results/job-scope.ts';
import { runtimeVariables } from '../results/runtime-variables.ts';
import type { GatewayOptions } from '../runners/store-gateway.ts';
import { type EnvironmentVariables, environmentVariables } from '../secrets/environment-variables.ts';
import { scopesOfProject } from '../secrets/scope.ts';
import { readSecrets, type SecretVault } from '../secrets/secret-vault.ts';
import type { Store } from '../store/open-store.ts';

/** What a claimed job gets besides what the queue holds. */
export function equipClaims(sources: EventSources, key: Uint8Array): GatewayOptions['equip'] {
  const { store, secrets, publicUrl, now } = sources;
  return async (claim) => {
    const { project, jobId, fence, request } = claim;
    const { github } = request.contexts;
    const grant = { jobId, fence, runId: Number(request.runId), project, actor: text(github.actor) };
    const permissions = permissionsOfJob(request);
    const signing = { key, now: now() };
    const token = await issueJobToken({ ...grant, permissions }, signing);
    // The runner reads the commit that the job is of, whatever the job may: as of a repository that anybody may read on GitHub.
    const source = await issueJobToken({ ...grant, permissions: { contents: 'read' } }, signing);
    // Whoever may send a pull request must not be able to read secrets with it.
    const isTrusted = !isOfFork(github);
    const own = isTrusted ? await readSecrets(secrets, scopesOfProject(project)) : {};
    const attemptBeganAt = await beganAt(store, claim);
    return {
      ...(await equipKept(store, claim)),
      request: {
        ...withEnvironment(
          await equipRequest(store, claim, { ...own, GITHUB_TOKEN: token }),
          await environmentOf(secrets, claim),
          isTrusted,
        ),
        slipwayServer: publicUrl,
      },
      source: {
        kind: 'repository',
        url: `${publicUrl}/${project}.git`,
        sha: text(github.sha),
        ref: text(github.ref),
        token: source,
      },
      actionsRuntime: {
        ...(await runtimeVariables(request, `${publicUrl}/`, (scope) =>
          issueRuntimeToken(
            { ...scope, claim: { jobId, fence }, ...(attemptBeganAt !== null && { attemptBeganAt }) },
            { ...signing, lifeMs: longestJobMs },
          ),
        )),
        ...(await idTokenVariables(request, { jobId, fence }, { publicUrl, ...signing })),
      },
    };
  };
}

async function environmentOf(
  vault: SecretVault,
  { project, request: { environment } }: Claim,
): Promise<EnvironmentVariables | null> {
  return environment === undefined ? null : environmentVariables(vault, { project, environment });
}

/** What the job's environment has of a name is used instead of what project and organisation have, in called workflows too. */
function withEnvironment(
  request: JobRequest,
  environment: EnvironmentVariables | null,
  isTrusted: boolean,
): JobRequest {
  if (environment === null) return request;
  const { contexts } = request;
  return {
    ...request,
    contexts: { ...contexts, vars: { ...contexts.vars, ...environment.vars } },
    ...(isTrusted && { secrets: { ...request.secrets, ...environment.secrets } }),
  };
}

/** Of another attempt than the first, whose jobs may replace what they made before. */
async function beganAt(store: Store, { request, attempt }: Claim): Promise<number | null> {
  if (attempt === 1) return null;
  const row = await store
    .selectFrom('run_attempt')
    .select('created_at')
    .where(({ and }) => and({ run_id: Number(request.runId), attempt }))
    .executeTakeFirst();
  return row?.created_at ?? null;
}

function text(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}
