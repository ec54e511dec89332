import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { OutputPipes } from '../processes/output-pipes.ts';
import { type ProcessOutput, type ProcessResult, runProcess } from '../processes/run-process.ts';
import { containerName, createArguments, type Mount, removeContainer } from './container.ts';
import { type DockerClient, DockerError } from './docker-client.ts';
import { engineSocket } from './job-container.ts';
import { actionImage, labelArguments } from './labels.ts';
import { createPathMapping, type PathMapping } from './path-mapping.ts';

/** Folders of the host that a container action sees. */
export interface ActionFolders {
  workspace: string;
  temp: string;
}

export interface ActionContainerRequest {
  image: string;
  /** Words of `entrypoint:`; absent: the image's own. */
  entrypoint?: string;
  args: string[];
  /** The step's whole environment, paths as the host sees them. */
  env: Record<string, string>;
  folders: ActionFolders;
  trackingId: string;
  /** The job's network. */
  network?: string;
  pipes: OutputPipes;
  stdout: ProcessOutput;
  stderr: ProcessOutput;
  cancel: AbortSignal;
  kill: AbortSignal;
}

/** Where GitHub's runner puts the host's folders in an action's container; `temp` last, since it holds the others. */
export function actionPaths({ workspace, temp }: ActionFolders): PathMapping {
  return createPathMapping(folderMounts({ workspace, temp }));
}

function folderMounts({ workspace, temp }: ActionFolders): Mount[] {
  return [
    { host: join(temp, '_github_home'), container: '/github/home' },
    { host: join(temp, '_github_workflow'), container: '/github/workflow' },
    { host: join(temp, '_runner_file_commands'), container: '/github/file_commands' },
    { host: workspace, container: '/github/workspace' },
    { host: temp, container: '/github/runner_temp' },
  ];
}

/**
 * Runs a container action, or a `docker://` step, in a container of its own that is gone afterwards.
 * @throws DockerError
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/Handlers/ContainerActionHandler.cs
 */
export async function runActionContainer(
  client: DockerClient,
  request: ActionContainerRequest,
): Promise<ProcessResult> {
  const { folders, trackingId, image, network, entrypoint, pipes } = request;
  const mounts = folderMounts(folders);
  await Promise.all(mounts.map(({ host }) => mkdir(host, { recursive: true })));
  const paths = createPathMapping(mounts);
  const socket = engineSocket(client);
  const name = containerName(trackingId, basename(image).split(':', 1)[0]!);
  const variables = Object.entries({ ...request.env, HOME: '/github/home' });
  const { args, env } = createArguments(
    {
      ...{ image, name, trackingId, ports: [], volumes: [], options: '', args: request.args },
      ...(network && { network }),
      ...(entrypoint && { entrypoint }),
      workDirectory: '/github/workspace',
      env: Object.fromEntries(
        variables.filter(([key]) => key !== 'PATH').map(([key, value]) => [key, paths.toContainer(value)]),
      ),
      mounts: [...mounts, ...(socket ? [{ host: socket, container: '/var/run/docker.sock' }] : [])],
    },
    client.env,
  );
  try {
    // The client hands signals on to the container's program (`--sig-proxy`, its default).
    return await runProcess({
      file: client.engine.client,
      args: ['run', '--rm', ...args],
      directory: '/',
      env: { ...client.env, ...env },
      pipes,
      stdout: request.stdout,
      stderr: request.stderr,
      cancel: request.cancel,
      kill: request.kill,
    });
  } finally {
    await removeContainer(client, name);
    await giveFilesBack(client, request);
  }
}

/** Files that the action's user made in the shared folders belong to the person who runs the job again. */
async function giveFilesBack(
  client: DockerClient,
  { image, folders, trackingId }: ActionContainerRequest,
): Promise<void> {
  const uid = process.getuid?.() ?? 0;
  if (uid === 0) return;
  const owner = `${uid}:${process.getgid?.() ?? uid}`;
  const mounts = ['workspace', 'temp'] as const;
  await client.attempt([
    ...[
      'run',
      '--rm',
      '--user',
      '0',
      '--network',
      'none',
      '--entrypoint',
      'chown',
      ...labelArguments(trackingId),
    ],
    ...mounts.flatMap((folder) => ['--mount', `type=bind,source=${folders[folder]},target=/${folder}`]),
    ...[image, '-hR', owner, ...mounts.map((folder) => `/${folder}`)],
  ]);
}

export interface ImageBuild {
  /** Absolute path. */
  dockerfile: string;
  trackingId: string;
  pipes: OutputPipes;
  stdout: ProcessOutput;
  stderr: ProcessOutput;
  cancel: AbortSignal;
  kill: AbortSignal;
}

/**
 * Builds the image of a Dockerfile action and resolves to its tag. The engine's own cache makes the second time quick.
 * @throws DockerError
 */
export async function buildActionImage(client: DockerClient, build: ImageBuild): Promise<string> {
  const { dockerfile, trackingId, pipes, stdout, stderr, cancel, kill } = build;
  builds += 1;
  const tag = `${actionImage}:${trackingId}-${builds}`;
  // A step that fails would leave its container.
  const args = ['build', '--force-rm', '--tag', tag, '--file', dockerfile, dirname(dockerfile)];
  const { exitCode } = await runProcess({
    ...{ file: client.engine.client, args, directory: '/', env: { ...client.env } },
    ...{ pipes, stdout, stderr, cancel, kill },
  });
  if (exitCode === 0) return tag;
  throw new DockerError(client.engine, args, `${dockerfile} can't be built: exit code ${exitCode}`);
}

let builds = 0;

/** Takes the name from an image that was built for one job; its layers stay for the next build. Never throws. */
export async function untagImage(client: DockerClient, tag: string): Promise<void> {
  await client.attempt(['rmi', '--no-prune', tag]);
}
