import type { OutputPipes } from '../processes/output-pipes.ts';
import type { ProcessOutput, ProcessResult } from '../processes/run-process.ts';
import type { ActionContainerRequest } from './action-container.ts';
import type { ContainerSource } from './container-source.ts';
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
      const network = jobContainer && { network: jobContainer.network };
      return runActionContainer(client, { ...action, image, folders, trackingId, pipes, ...network });
    },
    async close() {
      await jobContainer?.stop();
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
