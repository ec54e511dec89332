import { join } from 'node:path';
import type { Artifact, Digest } from '@slipway/delivery';
import { createBundleStore } from '../bundle/bundle-store.ts';
import { BundleError } from '../bundle/create-bundle.ts';
import {
  type Host,
  type HostInstance,
  type InstanceSpec,
  keptArtifacts,
  type OneOffRun,
  UnknownArtifact,
} from '../host/host.ts';
import type { SupervisorClient } from '../supervisor/supervisor-client.ts';
import type { UnitSpec, UnitState } from '../supervisor/unit-spec.ts';
import type { TargetOptions } from '../target.ts';
import { baseEnv } from './base-env.ts';
import { runShell } from './run-shell.ts';

/** Bundles as processes of this machine, under a supervisor. */
export function createProcessHost(
  { directory, fetchBundle }: Pick<TargetOptions, 'directory' | 'fetchBundle'>,
  supervisor: SupervisorClient,
): Host {
  const bundles = createBundleStore(join(directory, 'bundles'), fetchBundle);

  async function open({ repository, digest }: Artifact): Promise<string> {
    if (repository !== undefined) {
      throw new UnknownArtifact(`${repository}@${digest} is an image, and a process target runs bundles`);
    }
    try {
      return await bundles.open(digest);
    } catch (error) {
      const isUnknown =
        error instanceof BundleError || (error as { code?: string }).code === 'bundle-unknown';
      if (!isUnknown) throw error;
      throw new UnknownArtifact(`${digest}: ${(error as Error).message}`, { cause: error });
    }
  }

  async function commandOf({ artifact, command, env }: Pick<OneOffRun, 'artifact' | 'command' | 'env'>) {
    const folder = await open(artifact);
    return { directory: folder, command: command ?? 'false', env: { ...baseEnv(folder), ...env } };
  }

  return {
    kind: 'process',
    async fetch(artifact) {
      await open(artifact);
    },
    async ensureInstance(spec) {
      await supervisor.ensureUnit(unitOf(spec, await open(spec.artifact)));
    },
    instances: async () => (await supervisor.units()).map(toInstance),
    removeInstance: (id) => supervisor.removeUnit(id),
    async beginOneOff(run) {
      const { token, group, timeoutMs } = run;
      return supervisor.beginOneOff({ token, group, timeoutMs, ...(await commandOf(run)) });
    },
    oneOff: (token) => supervisor.oneOff(token),
    oneOffsOf: (prefix) => supervisor.oneOffsOf(prefix),
    async stopOneOff(token, reason) {
      await supervisor.stopOneOff(token, reason);
    },
    output: (kind, id) => supervisor.log(kind === 'instance' ? 'unit' : kind, id),
    async ask(run) {
      const { command, directory, env } = await commandOf(run);
      const ended = await runShell(command, { directory, env, timeoutMs: run.timeoutMs });
      return { ...ended, stderr: [ended.stderr, ended.trouble].filter(Boolean).join('\n') };
    },
    folderOf: open,
    prune: (inUse) => bundles.prune(inUse, keptArtifacts),
    end: () => supervisor.end(),
  };
}

function unitOf(
  { id, revision, component, role, artifact, options, env }: InstanceSpec,
  folder: string,
): UnitSpec {
  return {
    id,
    revision,
    component,
    digest: artifact.digest,
    command: options.command ?? 'false',
    directory: folder,
    // The edge is on this machine; nobody else has to reach it.
    env: { ...baseEnv(folder), HOST: '127.0.0.1', ...env },
    listens: role === 'service' || options.port !== null || options.ready !== null || options.live !== null,
    ready: options.ready,
    live: options.live,
    checkEveryMs: options.checkEveryMs,
    stopTimeoutMs: options.stopTimeoutMs,
  };
}

function toInstance({
  id,
  revision,
  component,
  digest,
  phase,
  port,
  restarts,
  failures,
  lastExit,
}: UnitState): HostInstance {
  const trouble = 'trouble' in phase && phase.trouble !== null ? phase.trouble : (lastExit?.reason ?? null);
  return {
    id,
    revision,
    component,
    digest: digest as Digest,
    address: port === null ? null : { host: '127.0.0.1', port },
    isReady: phase.kind === 'ready',
    restarts,
    failures,
    trouble: phase.kind === 'ready' ? null : trouble,
  };
}
