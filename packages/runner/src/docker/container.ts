import { splitCommandLine } from '../processes/command-line.ts';
import { parsePortMapping } from '../services/port-mapping.ts';
import type { DockerClient } from './docker-client.ts';
import { labelArguments } from './labels.ts';

/** A folder or socket of the host inside of a container. */
export interface Mount {
  host: string;
  container: string;
  readOnly?: boolean;
}

export interface ContainerSpec {
  image: string;
  /** Unique on the engine. */
  name: string;
  trackingId: string;
  network?: string;
  networkAlias?: string;
  workDirectory?: string;
  env: Record<string, string>;
  ports: string[];
  /** As written under `volumes:`. */
  volumes: string[];
  mounts: Mount[];
  /** As written under `options:`. */
  options: string;
  entrypoint?: string;
  /** Words after the image. */
  args: string[];
}

/**
 * Makes a container and resolves to its id. Values of variables go by the client's environment, so that no other user of the
 * machine sees them in the list of processes.
 * @throws DockerError
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/Container/DockerCommandManager.cs (DockerCreate)
 */
export function createContainer(
  client: DockerClient,
  spec: ContainerSpec,
  signal: AbortSignal,
): Promise<string> {
  const { args, env } = createArguments(spec, client.env);
  return client.run(['create', ...args], { env, signal });
}

/** As `createContainer`, and starts it: one call of the client instead of two. @throws DockerError; a container of that name may be left */
export function startContainer(
  client: DockerClient,
  spec: ContainerSpec,
  signal: AbortSignal,
): Promise<string> {
  const { args, env } = createArguments(spec, client.env);
  return client.run(['run', '--detach', ...args], { env, signal });
}

/** The arguments of `docker create` or `docker run`, and what the client's environment must hold for them. */
export function createArguments(
  spec: ContainerSpec,
  clientEnv: Readonly<Record<string, string>>,
): { args: string[]; env: Record<string, string> } {
  const { image, name, trackingId, network, networkAlias, workDirectory, entrypoint } = spec;
  const variables = { CI: 'true', ...spec.env, GITHUB_ACTIONS: 'true' };
  const passed = passVariables(variables, clientEnv);
  return {
    args: [
      ...['--name', name, ...labelArguments(trackingId)],
      ...(network ? ['--network', network] : []),
      ...(networkAlias ? ['--network-alias', networkAlias] : []),
      ...(workDirectory ? ['--workdir', workDirectory] : []),
      ...spec.ports.flatMap((port) => ['--publish', onLoopback(port)]),
      ...splitCommandLine(spec.options),
      ...passed.args,
      ...spec.volumes.flatMap((volume) => ['--volume', volume]),
      ...spec.mounts.flatMap(mountArguments),
      ...(entrypoint ? ['--entrypoint', entrypoint] : []),
      image,
      ...spec.args,
    ],
    env: passed.env,
  };
}

/**
 * `--env NAME` takes the value from the client's environment. What the client itself reads from there is given in the
 * argument instead, or a job's DOCKER_HOST would lead the client to another engine.
 */
export function passVariables(
  variables: Record<string, string>,
  clientEnv: Readonly<Record<string, string>>,
): { args: string[]; env: Record<string, string> } {
  const args: string[] = [];
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables)) {
    if (name in clientEnv || isReadByClient(name)) {
      args.push('--env', `${name}=${value}`);
    } else {
      args.push('--env', name);
      env[name] = value;
    }
  }
  return { args, env };
}

function isReadByClient(name: string): boolean {
  return /^(DOCKER_|CONTAINER_|BUILDKIT_|BUILDX_|LD_|XDG_|HTTPS?_PROXY$|NO_PROXY$|ALL_PROXY$)|^(PATH|HOME|TMPDIR|SSH_AUTH_SOCK|REGISTRY_AUTH_FILE)$/i.test(
    name,
  );
}

/** A port that names no address is opened on the loopback only: a laptop's network is not a fresh runner's. */
function onLoopback(text: string): string {
  const [mapping] = parsePortMapping(text) ?? [];
  if (!mapping || mapping.hostAddress !== undefined) return text;
  return text.includes(':') ? `127.0.0.1:${text}` : `127.0.0.1::${text}`;
}

function mountArguments({ host, container, readOnly }: Mount): string[] {
  const fields = [`type=bind`, `source=${host}`, `target=${container}`, ...(readOnly ? ['readonly'] : [])];
  return ['--mount', fields.map(csvField).join(',')];
}

/** `--mount` reads its value as one line of CSV. */
function csvField(field: string): string {
  return /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** Ends a container and removes it with its anonymous volumes; never throws. */
export async function removeContainer(client: DockerClient, id: string): Promise<void> {
  await client.attempt(['rm', '--force', '--volumes', id]);
}

/** What a container has printed last. */
export async function containerLogTail(client: DockerClient, id: string): Promise<string> {
  // Its standard error comes on the client's; `sh` brings both together in their order.
  const script = '"$0" logs --tail 30 "$1" 2>&1';
  const { collectOutput } = await import('../processes/collect-output.ts');
  const { output } = await collectOutput({
    ...{ file: '/bin/sh', args: ['-c', script, client.engine.client, id], cwd: '/', input: '' },
    env: { ...client.env },
    timeoutMs: 10_000,
  });
  return output.trim();
}

/** `<job>_<what>_<n>`: readable in `docker ps`, unique on the engine. */
export function containerName(trackingId: string, what: string): string {
  created += 1;
  return `${trackingId}_${what.replace(/[^\w.-]/g, '_')}_${created}`;
}

let created = 0;
