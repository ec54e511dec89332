import { join } from 'node:path';
import type { JobScope, ResultsServer } from '@slipway/server/results';
import type { JobRequest, Value } from '@slipway/workflow';

/** Artifacts and caches for the jobs of `slipway run`, served on loopback from the first action that may use them. */
export interface JobResults {
  /** The variables by which actions find the service. */
  runtimeOf(request: JobRequest): Promise<Record<string, string>>;
  close(): Promise<void>;
}

/** Kept in `<repository>/.slipway/results`. */
export function lazyJobResults(repositoryRoot: string): JobResults {
  let server: Promise<ResultsServer> | null = null;
  const open = (): Promise<ResultsServer> => {
    server ??= import('@slipway/server/results').then(({ serveResults }) =>
      serveResults({ directory: join(repositoryRoot, '.slipway', 'results'), now: Date.now }),
    );
    return server;
  };
  return {
    async runtimeOf(request) {
      const scope = scopeOf(request);
      const { url, tokenFor } = await open();
      return {
        ACTIONS_RUNTIME_TOKEN: await tokenFor(scope),
        ACTIONS_RUNTIME_URL: url,
        ACTIONS_RESULTS_URL: url,
        ACTIONS_CACHE_URL: url,
        ACTIONS_CACHE_SERVICE_V2: 'true',
        ACTIONS_CACHE_MODE: scope.cacheMode,
      };
    },
    async close() {
      await (await server)?.close();
    },
  };
}

/** What the job may reach, by the rules for branches: its own ref, what it is to be merged into, the default branch. */
function scopeOf({ contexts: { github }, runId, jobKey, cacheMode = 'write' }: JobRequest): JobScope {
  const base = text(github.base_ref);
  const defaultBranch = text(at(github.event, 'repository', 'default_branch'));
  const repository = text(github.repository);
  const head = text(at(github.event, 'pull_request', 'head', 'repo', 'full_name'));
  return {
    repository,
    runId,
    jobKey,
    ref: text(github.ref),
    readableRefs: [base, defaultBranch].filter((name) => name !== '').map((name) => `refs/heads/${name}`),
    cacheMode,
    untrusted: head !== '' && head !== repository,
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
