import type { JobRequest, Value } from '@slipway/workflow';
import type { Payload } from '@slipway/workflow/triggers';
import { isHeadElsewhere } from '../access/fork-code.ts';
import type { JobScope } from './job-scope.ts';

/**
 * The variables by which actions find artifacts and caches.
 * @param url of the server, with a slash at its end
 * @param issue makes ACTIONS_RUNTIME_TOKEN
 */
export async function runtimeVariables(
  request: JobRequest,
  url: string,
  issue: (scope: JobScope) => Promise<string>,
): Promise<Record<string, string>> {
  const scope = scopeOf(request);
  return {
    ACTIONS_RUNTIME_TOKEN: await issue(scope),
    ACTIONS_RUNTIME_URL: url,
    ACTIONS_RESULTS_URL: url,
    ACTIONS_CACHE_URL: url,
    ACTIONS_CACHE_SERVICE_V2: 'true',
    ACTIONS_CACHE_MODE: scope.cacheMode,
  };
}

/** What the job may reach, by the rules for branches: its own ref, what it is to be merged into, the default branch. */
function scopeOf({ contexts: { github }, runId, jobKey, cacheMode = 'write' }: JobRequest): JobScope {
  const base = text(github.base_ref);
  const defaultBranch = text(at(github.event, 'repository', 'default_branch'));
  const repository = text(github.repository);
  return {
    repository,
    runId,
    jobKey,
    ref: text(github.ref),
    readableRefs: [base, defaultBranch].filter((name) => name !== '').map((name) => `refs/heads/${name}`),
    cacheMode,
    untrusted:
      at(github.event, 'pull_request') !== undefined && isHeadElsewhere(github.event as Payload, repository),
  };
}

function at(value: Value | undefined, ...path: string[]): Value | undefined {
  return path.reduce<Value | undefined>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner[key] : undefined,
    value,
  );
}

function text(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}
