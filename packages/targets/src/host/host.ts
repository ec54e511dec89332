import type { Artifact, Digest } from '@slipway/delivery';
import type { ComponentOptions } from '../options/component-options.ts';
import type { OneOffState } from '../supervisor/one-off-spec.ts';

/** Where instances and one-offs run: processes under a supervisor, or containers of an engine. All of it may be done twice. */
export interface Host {
  readonly kind: 'process' | 'docker';
  /** Makes sure that the artifact is here. @throws UnknownArtifact if there is none, and will be none; else it may be tried again */
  fetch(artifact: Artifact): Promise<void>;
  /** Runs an instance from now on; does nothing if it does already. */
  ensureInstance(spec: InstanceSpec): Promise<void>;
  instances(): Promise<HostInstance[]>;
  /** Ends an instance, politely at first, and forgets it. */
  removeInstance(id: string): Promise<void>;
  /** Runs a component's command once per token, whatever happens to who asks. */
  beginOneOff(run: OneOffRun): Promise<OneOffBegun>;
  /** null: it has never begun. */
  oneOff(token: string): Promise<OneOffState | null>;
  /** Tokens that begin with the prefix, in the order of their names. */
  oneOffsOf(prefix: string): Promise<string[]>;
  /** Ends it; one that has not begun never will. */
  stopOneOff(token: string, reason: string): Promise<void>;
  /** The end of what was printed; null: nothing is known of it. */
  output(kind: 'instance' | 'one-off', id: string): Promise<string | null>;
  /** Runs a command to its end, now, and only to read something. */
  ask(
    run: Omit<OneOffRun, 'token' | 'group'>,
  ): Promise<{ exitCode: number | null; stdout: string; stderr: string }>;
  /** Folder with the artifact's files, for commands that run beside it; null: it has none outside of its containers. */
  folderOf(artifact: Artifact): Promise<string | null>;
  /** Removes what was fetched and is no longer needed. */
  prune(inUse: ReadonlySet<Digest>): Promise<void>;
  /** Ends everything that runs. */
  end(): Promise<void>;
}

export interface InstanceSpec {
  /** `REVISION.COMPONENT.NUMBER`. */
  id: string;
  revision: string;
  component: string;
  role: 'service' | 'worker';
  artifact: Artifact;
  options: ComponentOptions;
  env: Record<string, string>;
}

export interface HostInstance {
  id: string;
  revision: string;
  component: string;
  /** Of what really runs. */
  digest: Digest;
  /** Where it answers requests; null: it doesn't. */
  address: { host: string; port: number } | null;
  isReady: boolean;
  restarts: number;
  /** Ends in a row. */
  failures: number;
  /** Why it isn't ready; null if it is, or nothing is known. */
  trouble: string | null;
}

export interface OneOffRun {
  token: string;
  /** Of the same group one runs at a time. */
  group: string;
  component: string;
  artifact: Artifact;
  command: string | null;
  volumes: string[];
  env: Record<string, string>;
  timeoutMs: number;
}

export type OneOffBegun = { kind: 'known'; state: OneOffState } | { kind: 'busy'; message: string };

/** How many bundles or images that are not in use any more stay fetched, so that going back to them is quick. */
export const keptArtifacts = 6;

/** There is no such artifact, or it is not what its digest says: trying again can't help. */
export class UnknownArtifact extends Error {
  override readonly name = 'UnknownArtifact';
}
