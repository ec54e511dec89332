import { existsSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutputPipes } from '../processes/output-pipes.ts';
import type { Executor } from '../steps/executor.ts';
import { containerLogTail, containerName, type Mount, removeContainer, startContainer } from './container.ts';
import { createContainerExecutor } from './container-executor.ts';
import { type DockerClient, DockerError } from './docker-client.ts';
import { ensureImage } from './image.ts';
import { ensureNetwork, removeNetwork } from './job-network.ts';
import { createPathMapping } from './path-mapping.ts';

/** `container:` after evaluation. */
export interface JobContainerRequest {
  image: string;
  credentials?: { username: string; password: string };
  env: Record<string, string>;
  ports: string[];
  volumes: string[];
  options: string;
  /** Default: the job's own. `host`: the machine's, so that `localhost` is what it is for a job without a container. */
  network?: 'host';
}

/** Folders of the host that the container shares; absolute. */
export interface SharedFolders {
  /** The job's own folder, which holds `workspace` and `temp`. */
  root: string;
  workspace: string;
  temp: string;
  toolCache: string;
  /** Actions that all jobs share; those that are copied for a job are in `root`. */
  fetchedActions: string;
}

export interface JobContainerContext {
  client: DockerClient;
  trackingId: string;
  folders: SharedFolders;
  pipes: OutputPipes;
  offline?: boolean;
  log: (line: string) => void;
  signal: AbortSignal;
}

export interface JobContainer {
  /** `job.container.id`. */
  id: string;
  /** `job.container.network`. */
  network: string;
  executor: Executor;
  /** Removes it; files in the shared folders belong to the user again. Never throws. */
  stop(): Promise<void>;
}

/** Where GitHub's runner puts these folders in a job's container. */
const containerFolders = {
  work: '/__w',
  actions: '/__a',
  tools: '/__t',
  node: '/__e/node24/bin/node',
  home: '/github/home',
  workflow: '/github/workflow',
};

/**
 * Starts the container that a job's steps run in, on the job's network, with the job's folders in it.
 * @throws DockerError; nothing is left then
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/ContainerOperationProvider.cs
 */
export async function startJobContainer(
  request: JobContainerRequest,
  context: JobContainerContext,
): Promise<JobContainer> {
  const { client, trackingId, signal } = context;
  const name = containerName(trackingId, 'job');
  const stop = async () => {
    await removeContainer(client, name);
    await removeNetwork(client, trackingId);
  };
  try {
    const { image, credentials } = request;
    const [network, mounts] = await Promise.all([
      request.network ?? ensureNetwork(client, trackingId),
      makeMounts(context),
      ensureImage(client, { ...context, image, ...(credentials && { credentials }) }),
    ]);
    const env = { ...request.env, HOME: containerFolders.home };
    const id = await startContainer(
      client,
      {
        ...request,
        ...{ name, trackingId, network, env, mounts },
        workDirectory: createPathMapping(mounts).toContainer(context.folders.workspace),
        entrypoint: 'tail',
        args: ['-f', '/dev/null'],
      },
      signal,
    );
    const executor = await createExecutor(context, { id, env, mounts });
    return {
      id,
      network,
      executor,
      async stop() {
        await giveFilesBack(client, id, [containerFolders.work, containerFolders.tools]);
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The more special folders first, as path translation wants them. */
async function makeMounts({ client, folders }: JobContainerContext): Promise<Mount[]> {
  const home = join(folders.temp, '_github_home');
  const workflow = join(folders.temp, '_github_workflow');
  await Promise.all(
    [home, workflow, folders.toolCache, folders.fetchedActions].map((folder) =>
      mkdir(folder, { recursive: true }),
    ),
  );
  // The container's user may be any.
  await Promise.all([home, folders.temp, folders.workspace].map((folder) => chmod(folder, 0o777)));
  const socket = engineSocket(client);
  return [
    { host: home, container: containerFolders.home },
    { host: workflow, container: containerFolders.workflow },
    // Other jobs run them too.
    { host: folders.fetchedActions, container: containerFolders.actions, readOnly: true },
    { host: folders.root, container: containerFolders.work },
    { host: folders.toolCache, container: containerFolders.tools },
    { host: process.execPath, container: containerFolders.node, readOnly: true },
    ...(socket ? [{ host: socket, container: '/var/run/docker.sock' }] : []),
  ];
}

/** The engine's socket, which GitHub gives to containers too; undefined where it is not a file of this machine. */
export function engineSocket({ env }: DockerClient): string | undefined {
  const path = env.DOCKER_HOST?.startsWith('unix://') ? env.DOCKER_HOST.slice(7) : '/var/run/docker.sock';
  return existsSync(path) ? path : undefined;
}

interface Started {
  id: string;
  env: Record<string, string>;
  mounts: Mount[];
}

async function createExecutor(context: JobContainerContext, { id, env, mounts }: Started): Promise<Executor> {
  const { client, pipes, signal } = context;
  const [imageEnv, { programs, node }] = await Promise.all([
    client.run(['inspect', '--format', '{{json .Config.Env}}', id], { signal }),
    lookAround(client, id, signal),
  ]);
  return createContainerExecutor({
    ...{ client, pipes, programs, node },
    containerId: id,
    paths: createPathMapping(mounts),
    baseEnv: { PATH: ENGINE_PATH, ...parseEnv(imageEnv), ...env },
  });
}

/** What engines set for an image that says nothing. */
const ENGINE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** `["PATH=/usr/bin", "A=b=c"]` */
function parseEnv(json: string): Record<string, string> {
  const entries = (JSON.parse(json || '[]') as string[] | null) ?? [];
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

/** Which common shells there are, and which Node runs: the mounted one needs glibc. */
async function lookAround(
  client: DockerClient,
  id: string,
  signal: AbortSignal,
): Promise<{ programs: string[]; node: string }> {
  const script = `for name in sh bash python python3; do command -v $name >/dev/null && echo $name; done
${containerFolders.node} --version >/dev/null 2>&1 && echo mounted-node || command -v node`;
  const text = await client.run(['exec', id, '/bin/sh', '-c', script], { signal }).catch(async (error) => {
    throw error instanceof DockerError ? await explainDeadContainer(client, id, error) : error;
  });
  const lines = text.split('\n');
  const ownNode = lines.find((line) => line.startsWith('/'));
  return {
    programs: lines.filter((line) => !line.startsWith('/') && line !== 'mounted-node'),
    node: lines.includes('mounted-node') ? containerFolders.node : (ownNode ?? containerFolders.node),
  };
}

async function explainDeadContainer(
  client: DockerClient,
  id: string,
  error: DockerError,
): Promise<DockerError> {
  const log = await containerLogTail(client, id);
  return Object.assign(error, {
    message: `The job's container can't run steps: ${error.stderr.trim()}. Its image needs tail and /bin/sh.${log ? `\nIts log ends:\n${log}` : ''}`,
  });
}

/** What the container made belongs to its user, mostly root; the person who ran the job must be able to remove it. */
async function giveFilesBack(client: DockerClient, id: string, folders: string[]): Promise<void> {
  const uid = process.getuid?.() ?? 0;
  if (uid === 0) return;
  const owner = `${uid}:${process.getgid?.() ?? uid}`;
  await client.attempt(['exec', '--user', '0', id, 'chown', '-hR', owner, ...folders]);
}
