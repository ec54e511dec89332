import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { ActionError } from './action-error.ts';
import type { ResolveContext, ResolvedAction } from './action-store.ts';
import { type ActionStoreOptions, createActionStore, type RemoteActionStore } from './create-action-store.ts';
import { createTestServer, type TestServer } from './test-server.ts';

/** A server with repositories, and a machine that runs again and again; gone with the test that made them. */
export interface StoreBench {
  directory: string;
  server: TestServer;
  /** A store as each run makes one; all share the home, `<directory>/home`. */
  newRun(options?: Partial<ActionStoreOptions>): RemoteActionStore;
  resolve(store: RemoteActionStore, uses: string, context?: Partial<ResolveContext>): Promise<ResolvedAction>;
}

export function createStoreBench(): StoreBench {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-actions-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const server = createTestServer(join(directory, 'server'));
  return {
    directory,
    server,
    newRun: (options = {}) =>
      createActionStore({ slipwayHome: join(directory, 'home'), env: server.env, ...options }),
    resolve: (store, uses, context = {}) =>
      store.resolve(
        uses,
        { workspace: directory, ownRepository: directory, ...context },
        AbortSignal.timeout(60_000),
      ),
  };
}

/** The error that the promise must reject with. */
export async function failure(promise: Promise<unknown>): Promise<ActionError> {
  const error = await promise.then(
    () => expect.unreachable('it should have failed'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ActionError);
  return error as ActionError;
}

/** `action.yml` of a JavaScript action. */
export function node(main: string): string {
  return `name: ${main}\nruns:\n  using: node24\n  main: ${main}.js\n`;
}

/** `action.yml` of a composite action that uses these. */
export function composite(...uses: string[]): string {
  const steps = uses.map((one) => `    - uses: ${one}\n`).join('');
  return `name: composite\nruns:\n  using: composite\n  steps:\n${steps}`;
}
