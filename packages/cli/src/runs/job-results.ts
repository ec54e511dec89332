import { join } from 'node:path';
import type { ResultsServer } from '@slipway/server/results';
import type { JobRequest } from '@slipway/workflow';

/** Artifacts and caches for the jobs of `slipway run`, served on loopback from the first action that may use them. */
export interface JobResults {
  /** The variables by which actions find the service. */
  runtimeOf(request: JobRequest): Promise<Record<string, string>>;
  close(): Promise<void>;
}

export interface JobResultsOptions {
  repositoryRoot: string;
  /** Of another attempt, epoch ms: its jobs may replace what they made before. */
  attemptBeganAt?: number | undefined;
  /** GitHub's API, for artifacts of runs that are not kept here; null: nothing is asked of it. */
  upstream: string | null;
}

/** Kept in `<repository>/.slipway/results`. */
export function lazyJobResults({ repositoryRoot, attemptBeganAt, upstream }: JobResultsOptions): JobResults {
  let server: Promise<ResultsServer> | null = null;
  const open = (): Promise<ResultsServer> => {
    server ??= import('@slipway/server/results').then(({ serveResults }) =>
      serveResults({ directory: join(repositoryRoot, '.slipway', 'results'), now: Date.now, upstream }),
    );
    return server;
  };
  return {
    async runtimeOf(request) {
      const { url, tokenFor } = await open();
      const { runtimeVariables } = await import('@slipway/server/results');
      const variables = await runtimeVariables(request, url, (scope) =>
        tokenFor(attemptBeganAt === undefined ? scope : { ...scope, attemptBeganAt }),
      );
      const otherRuns = `${url}other-runs/${variables.ACTIONS_RUNTIME_TOKEN}`;
      return { ...variables, SLIPWAY_ARTIFACTS_API_URL: otherRuns };
    },
    async close() {
      await (await server)?.close();
    },
  };
}
