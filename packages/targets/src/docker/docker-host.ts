import { createHash, randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Artifact } from '@slipway/delivery';
import { probe } from '../health/probe.ts';
import { type Host, type HostInstance, type InstanceSpec, UnknownArtifact } from '../host/host.ts';
import { findFreePort } from '../supervisor/free-port.ts';
import { type ContainerFacts, labels, listContainers } from './container-facts.ts';
import { createDockerCli, DockerFailure, environmentOptions } from './docker-cli.ts';
import { commandOptions, createDockerOneOffs, labelOptions, volumeOptions } from './docker-one-offs.ts';

/** A container without a port is taken to be ready when it has stayed up so long. */
const settleMs = 2_000;

/** What no later try changes. */
const finalRefusals =
  /not found|manifest unknown|access denied|unauthorized|invalid reference|no such image/i;

/**
 * Images as containers on a network of their own. Ports are published on the loopback, where the edge reaches them on every system; the engine
 * itself starts again what ends.
 */
export function createDockerHost(directory: string, cli = createDockerCli()): Host {
  const target = createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 12);
  const oneOffs = createDockerOneOffs({ cli, target, directory, common });

  /** Each is made under a name of its own, and of two that were made at once both controllers take the same one. */
  async function networkName(): Promise<string> {
    const list = ['network', 'ls', '--filter', `label=${labels.target}=${target}`, '--format', '{{.Name}}'];
    const before = await cli.run(list);
    if (before === '') {
      const name = `slipway-${target}-${randomBytes(4).toString('hex')}`;
      await cli.run(['network', 'create', '--label', `${labels.target}=${target}`, name]);
    }
    const names = (before || (await cli.run(list))).split('\n');
    return names.sort()[0] as string;
  }

  async function common(): Promise<string[]> {
    const logs = ['--log-driver', 'json-file', '--log-opt', 'max-size=16m', '--log-opt', 'max-file=4'];
    return [
      '--network',
      await networkName(),
      '--pull',
      'never',
      ...logs,
      '--label',
      `${labels.target}=${target}`,
    ];
  }

  async function fetch(artifact: Artifact): Promise<void> {
    const reference = referenceOf(artifact);
    const { exitCode } = await cli.attempt(['image', 'inspect', reference]);
    if (exitCode === 0) return;
    if (artifact.repository === undefined) throw new UnknownArtifact(`there is no image ${reference} here`);
    const pulled = await cli.attempt(['pull', '--quiet', reference]);
    if (pulled.exitCode === 0) return;
    const message = `${reference}: ${pulled.stderr.trim()}`;
    throw finalRefusals.test(pulled.stderr) ? new UnknownArtifact(message) : new Error(message);
  }

  async function instances(): Promise<HostInstance[]> {
    return Promise.all((await listContainers(cli, target, 'instance')).map(toInstance));
  }

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

  async function end(container: ContainerFacts, stopTimeoutMs: number): Promise<void> {
    const seconds = String(Math.ceil(stopTimeoutMs / 1000));
    await cli.attempt(['stop', '--time', seconds, container.id]);
    await cli.attempt(['rm', '--force', '--volumes', container.id]);
  }

  return {
    kind: 'docker',
    fetch,
    instances,
    async ensureInstance(spec) {
      if (await start(spec.id)) return;
      await fetch(spec.artifact);
      const { args, env } = await runOptions(spec);
      const name = ['--name', `slipway-${target}-${spec.id.replaceAll('~', '-')}`];
      const begun = await cli.attempt(['run', '--detach', ...name, ...(await common()), ...args], { env });
      if (begun.exitCode === 0) return;
      // The client of a controller that is no more has made it in between.
      if (!(await start(spec.id))) throw new DockerFailure('run', begun.stderr);
    },
    async removeInstance(id) {
      const container = await find(id);
      if (container) await end(container, Number(container.labels[labels.timeoutMs] ?? 10_000));
    },
    async beginOneOff(run) {
      await fetch(run.artifact);
      return oneOffs.begin(run, referenceOf(run.artifact));
    },
    oneOff: (token) => oneOffs.read(token),
    oneOffsOf: (prefix) => oneOffs.tokens(prefix),
    stopOneOff: (token, reason) => oneOffs.stop(token, reason),
    async output(kind, id) {
      const containers = await listContainers(cli, target, kind);
      const container = containers.find((one) => one.labels[labels.id] === id);
      if (!container) return null;
      const { stdout, stderr } = await cli.attempt(['logs', '--tail', '500', container.id]);
      return stdout + stderr;
    },
    async ask({ artifact, command, volumes, env, timeoutMs }) {
      await fetch(artifact);
      const environment = environmentOptions(env);
      const args = ['run', '--rm', ...(await common()), ...volumeOptions(volumes), ...environment.args];
      const image = commandOptions(referenceOf(artifact), command);
      return cli.attempt([...args, ...image], { env: environment.env, timeoutMs });
    },
    // An image's files are in its containers only.
    folderOf: async () => null,
    // Images are the engine's, and its owner's to remove.
    prune: async () => undefined,
    async end() {
      for (const kind of ['instance', 'one-off'] as const) {
        const containers = await listContainers(cli, target, kind);
        await Promise.all(containers.map((one) => end(one, kind === 'instance' ? 10_000 : 0)));
      }
      const left = await cli.run([
        'network',
        'ls',
        '--quiet',
        '--filter',
        `label=${labels.target}=${target}`,
      ]);
      for (const id of left.split('\n').filter(Boolean)) await cli.attempt(['network', 'rm', id]);
    },
  };
}

/** By digest; an image without a repository is one of this engine, by its id. */
function referenceOf({ repository, digest }: Artifact): string {
  return repository === undefined ? digest : `${repository}@${digest}`;
}

async function runOptions(spec: InstanceSpec): Promise<{ args: string[]; env: Record<string, string> }> {
  const { id, revision, component, artifact, options } = spec;
  const { port } = options;
  // Chosen here: one that the engine chooses would be another after each restart, and the edge would not know it.
  const published = port === null ? [] : ['--publish', `127.0.0.1:${await findFreePort(new Set())}:${port}`];
  const own = port === null ? {} : { PORT: String(port), HOST: '0.0.0.0' };
  const environment = environmentOptions({ ...own, ...spec.env });
  const stopTimeout = String(options.stopTimeoutMs);
  const described = { kind: 'instance', id, revision, component, ready: options.ready ?? '' } as const;
  return {
    args: [
      ...['--restart', 'unless-stopped', ...published],
      ...labelOptions({ ...described, timeoutMs: stopTimeout }),
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

async function troubleOf({ isRunning, status, exitCode, startedAtMs, port, labels: own }: ContainerFacts) {
  if (!isRunning) return `it is ${status}, and ended with ${exitCode} last`;
  if (port !== null) return probe({ port, path: own[labels.ready] || null });
  return Date.now() - (startedAtMs ?? Date.now()) >= settleMs ? null : 'it has just started';
}
