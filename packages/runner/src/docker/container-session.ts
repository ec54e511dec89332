import type { OutputPipes } from '../processes/output-pipes.ts';
import type { ProcessOutput, ProcessResult } from '../processes/run-process.ts';
import type { ActionContainerRequest } from './action-container.ts';
import type { ContainerSource } from './container-source.ts';
import type { HostReach } from './host-reach.ts';
import type {
  JobContainer,
  JobContainerContext,
  JobContainerRequest,
  SharedFolders,
} from './job-container.ts';

export interface ContainerSessionOptions {
  source: ContainerSource;
  trackingId: string;
  folders: SharedFolders;
  pipes: OutputPipes;
}

/** How one job uses containers. Until it does, nothing is looked for or loaded. */
export interface ContainerSession {
  /** The container that the job's steps run in; undefined on the host. */
  readonly jobContainer: JobContainer | undefined;
  /** @throws DockerError, ContainerEngineError */
  startJob(
    request: JobContainerRequest,
    context: Pick<JobContainerContext, 'log' | 'signal'>,
  ): Promise<JobContainer>;
  /** What a URL on the host's loopback is called in the job's containers. @throws as `startJob` */
  urlFromContainers(url: string): Promise<string>;
  /** Runs a container action; its image is fetched or, for a Dockerfile, built the first time. @throws as `startJob` */
  runAction(request: SessionAction): Promise<ProcessResult>;
  /** Removes everything that the job made, the services' network too; never throws. */
  close(): Promise<void>;
}

export type ActionImage = { kind: 'image'; image: string } | { kind: 'dockerfile'; path: string };

export interface SessionAction
  extends Pick<
    ActionContainerRequest,
    'entrypoint' | 'args' | 'env' | 'stdout' | 'stderr' | 'cancel' | 'kill'
  > {
  image: ActionImage;
  log: (line: string) => void;
}

export function createContainerSession(options: ContainerSessionOptions): ContainerSession {
  const { source, trackingId, folders, pipes } = options;
  const built = new Map<string, string>();
  let jobContainer: JobContainer | undefined;
  let network: Promise<string> | undefined;
  let reach: Promise<HostReach> | undefined;
  const closing = new AbortController();
  return {
    get jobContainer() {
      return jobContainer;
    },
    async startJob(request, context) {
      const { startJobContainer } = await import('./job-container.ts');
      const client = await source.use(trackingId);
      const shared = { client, trackingId, folders, pipes, offline: source.offline };
      jobContainer = await startJobContainer(request, { ...shared, ...context });
      return jobContainer;
    },
    async urlFromContainers(url) {
      reach ??= Promise.all([import('./host-reach.ts'), source.use(trackingId)]).then(
        ([{ createHostReach }, client]) => createHostReach({ client, trackingId, signal: closing.signal }),
      );
      return (await reach).urlFromContainers(url);
    },
    async runAction(action) {
      const { buildActionImage, runActionContainer } = await import('./action-container.ts');
      const client = await source.use(trackingId);
      const signal = AbortSignal.any([action.cancel, action.kill]);
      const streams = { pipes, stdout: withoutEnd(action.stdout), stderr: withoutEnd(action.stderr) };
      let image: string;
      if (action.image.kind === 'image') {
        image = action.image.image;
        const { ensureImage } = await import('./image.ts');
        await ensureImage(client, { image, offline: source.offline, log: action.log, signal });
      } else {
        const dockerfile = action.image.path;
        image =
          built.get(dockerfile) ??
          (await buildActionImage(client, {
            ...streams,
            dockerfile,
            trackingId,
            cancel: action.cancel,
            kill: action.kill,
          }));
        built.set(dockerfile, image);
      }
      network ??= import('./job-network.ts').then((jobNetwork) =>
        jobNetwork.ensureNetwork(client, trackingId),
      );
      return runActionContainer(client, {
        ...{ ...action, image, folders, trackingId, pipes },
        network: await network,
      });
    },
    async close() {
      closing.abort();
      await jobContainer?.stop();
      if (network !== undefined || reach !== undefined) {
        const { removeNetwork } = await import('./job-network.ts');
        await removeNetwork(await source.use(trackingId), trackingId);
      }
      if (built.size > 0) {
        const { untagImage } = await import('./action-container.ts');
        const client = await source.use(trackingId);
        for (const image of built.values()) await untagImage(client, image);
      }
      source.release(trackingId);
    },
  };
}

/** A build's output goes before the action's own, in the same place. */
function withoutEnd(output: ProcessOutput): ProcessOutput {
  return { write: (chunk) => output.write(chunk), end: () => undefined };
}
