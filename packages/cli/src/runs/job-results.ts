import { join } from 'node:path';
import type { ResultsServer } from '@slipway/server/results';
import type { JobRequest } from '@slipway/workflow';

/** Artifacts and caches for the jobs of `slipway run`, served on loopback from the first action that may use them. */
export interface JobResults {
  /** The variables by which actions find the service. */
  runtimeOf(request: JobRequest): Promise<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Kept in `<repository>/.slipway/results`.
 * @param attemptBeganAt of another attempt, epoch ms: its jobs may replace what they made before
 */
export function lazyJobResults(repositoryRoot: string, attemptBeganAt?: number): JobResults {
  let server: Promise<ResultsServer> | null = null;
  const open = (): Promise<ResultsServer> => {
    server ??= import('@slipway/server/results').then(({ serveResults }) =>
      serveResults({ directory: join(repositoryRoot, '.slipway', 'results'), now: Date.now }),
    );
    return server;
  };
  return {
    async runtimeOf(request) {
      const { url, tokenFor } = await open();
      const { runtimeVariables } = await import('@slipway/server/results');
      return runtimeVariables(request, url, (scope) =>
        tokenFor(attemptBeganAt === undefined ? scope : { ...scope, attemptBeganAt }),
      );
    },
    async close() {
      await (await server)?.close();
    },
  };
}
