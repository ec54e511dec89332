import type { Value } from '@slipway/workflow';
import { issueJobToken } from '../access/job-token.ts';
import { equipRequest } from '../controller/equip-request.ts';
import type { EventSources } from '../events/event-sources.ts';
import { issueRuntimeToken } from '../results/job-scope.ts';
import { runtimeVariables } from '../results/runtime-variables.ts';
import type { GatewayOptions } from '../runners/store-gateway.ts';

const runtimeTokenLifeMs = 24 * 60 * 60_000;

/** What a claimed job gets besides what the queue holds. */
export function equipClaims(sources: EventSources, key: Uint8Array): GatewayOptions['equip'] {
  const { store, secrets, publicUrl, now } = sources;
  return async (claim) => {
    const { project, jobId, request } = claim;
    const token = await issueJobToken({ project, jobId }, { key, now: now() });
    const { secrets: own } = await secrets.read(project);
    const { github } = request.contexts;
    return {
      request: await equipRequest(store, claim, { ...own, GITHUB_TOKEN: token }),
      source: {
        kind: 'repository',
        url: `${publicUrl}/${project}.git`,
        sha: text(github.sha),
        ref: text(github.ref),
        token,
      },
      actionsRuntime: await runtimeVariables(request, `${publicUrl}/`, (scope) =>
        issueRuntimeToken(scope, { key, now: now(), lifeMs: runtimeTokenLifeMs }),
      ),
    };
  };
}

function text(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}
