import { probe } from '../health/probe.ts';
import type { HostInstance, InstanceSpec } from '../host/host.ts';
import { findFreePort } from '../supervisor/free-port.ts';
import { type ContainerFacts, isAbsence, labels, listContainers } from './container-facts.ts';
import { type DockerCli, DockerFailure, environmentOptions } from './docker-cli.ts';
import { commandOptions, labelOptions, referenceOf, volumeOptions } from './run-options.ts';

/** Instances as containers that the engine starts again when they end. */
export interface DockerInstances {
  list(): Promise<HostInstance[]>;
  /** Its image must be here. */
  ensure(spec: InstanceSpec): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface DockerInstancesOptions {
  cli: DockerCli;
  target: string;
  /** Options of `docker run` that all containers of the target have. */
  common(): Promise<string[]>;
}

export function createDockerInstances({ cli, target, common }: DockerInstancesOptions): DockerInstances {
  async function find(id: string): Promise<ContainerFacts | undefined> {
    return (await listContainers(cli, target, 'instance')).find((one) => one.labels[labels.id] === id);
  }

  /** Whether there is one; starts it where somebody has made it and could not go on. */
  async function start(id: string): Promise<boolean> {
    const left = await find(id);
    if (left?.startedAtMs !== null) return left !== undefined;
    const started = await cli.attempt(['start', left.id]);
    if (started.exitCode === 0) return true;
    // Its port may be another's by now: it is made anew.
    await cli.attempt(['rm', '--force', left.id]);
    return false;
  }

  return {
    list: async () => Promise.all((await listContainers(cli, target, 'instance')).map(toInstance)),
    async ensure(spec) {
      if (await start(spec.id)) return;
      const { args, env } = await optionsOf(spec);
      const name = ['--name', `slipway-${target}-${spec.id}`];
      const begun = await cli.attempt(['run', '--detach', ...name, ...(await common()), ...args], { env });
      if (begun.exitCode === 0) return;
      // The client of a controller that is no more has made it in between.
      if (!(await start(spec.id))) throw new DockerFailure('run', begun.stderr);
    },
    async remove(id) {
      const container = await find(id);
      if (container) await endContainer(cli, container);
    },
  };
}

/**
 * Asks it to end, kills it after its time-out, and removes it with its nameless volumes.
 * @throws DockerFailure when it is still there
 */
export async function endContainer(cli: DockerCli, { id, labels: own }: ContainerFacts): Promise<void> {
  const seconds = Math.ceil(Number(own[labels.stopTimeoutMs] ?? 0) / 1000);
  await cli.attempt(['stop', '--time', String(seconds), id], { timeoutMs: (seconds + 30) * 1000 });
  const { exitCode, stderr } = await cli.attempt(['rm', '--force', '--volumes', id]);
  if (exitCode !== 0 && !isAbsence.test(stderr)) throw new DockerFailure('rm', stderr);
}

async function optionsOf(spec: InstanceSpec): Promise<{ args: string[]; env: Record<string, string> }> {
  const { id, revision, component, artifact, options } = spec;
  const { port } = options;
  // Chosen here: one that the engine chooses would be another after each restart, and the edge would not know it.
  const published = port === null ? [] : ['--publish', `127.0.0.1:${await findFreePort(new Set())}:${port}`];
  const own = port === null ? {} : { PORT: String(port), HOST: '0.0.0.0' };
  const environment = environmentOptions({ ...own, ...spec.env });
  const described = { kind: 'instance', id, revision, component, ready: options.ready ?? '' } as const;
  return {
    args: [
      ...['--restart', 'unless-stopped', ...published],
      ...labelOptions({ ...described, stopTimeoutMs: String(options.stopTimeoutMs) }),
      ...volumeOptions(options.volumes),
      ...environment.args,
      ...commandOptions(referenceOf(artifact), options.command),
    ],
    env: environment.env,
  };
}

async function toInstance(container: ContainerFacts): Promise<HostInstance> {
  const { port, restarts, labels: own } = container;
  const trouble = await troubleOf(container);
  return {
    id: own[labels.id] ?? '',
    revision: own[labels.revision] ?? '',
    component: own[labels.component] ?? '',
    digest: container.digest,
    address: port === null ? null : { host: '127.0.0.1', port },
    isReady: trouble === null,
    restarts,
    failures: trouble === null ? 0 : restarts,
    trouble,
  };
}

/** A container without a port is taken to be ready when it has stayed up so long. */
const settleMs = 2_000;

async function troubleOf(container: ContainerFacts): Promise<string | null> {
  const { isRunning, status, exitCode, startedAtMs, port, labels: own } = container;
  if (!isRunning) return `it is ${status}, and ended with ${exitCode} last`;
  if (port !== null) return probe({ port, path: own[labels.ready] || null });
  return Date.now() - (startedAtMs ?? Date.now()) >= settleMs ? null : 'it has just started';
}
