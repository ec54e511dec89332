import { forgetEngineUse, noteEngineUse } from '../recovery/engine-use.ts';
import { createDockerClient, type DockerClient } from './docker-client.ts';
import { type EngineSearch, findContainerEngine } from './engine.ts';

/** Where jobs get containers from. Nothing is looked for before a job asks. */
export interface ContainerSource {
  /** Whether images may be fetched. */
  readonly offline: boolean;
  /** Looks for an engine, once. */
  find(): Promise<EngineSearch>;
  /**
   * The client for a job. Its containers are known to a sweep after a crash until `release`.
   * @throws ContainerEngineError
   */
  use(trackingId: string): Promise<DockerClient>;
  /** The job has removed all its containers. */
  release(trackingId: string): void;
}

/** A job needs a container engine, and none answers. */
export class ContainerEngineError extends Error {
  override readonly name = 'ContainerEngineError';
  readonly mend: string;

  constructor(why: string, installed: boolean) {
    super(`No container engine can be used: ${why}`);
    this.mend = installed ? 'Start the engine.' : 'Install docker or podman.';
  }
}

export function createContainerSource(options: { slipwayHome: string; offline?: boolean }): ContainerSource {
  const { slipwayHome, offline = false } = options;
  let search: Promise<EngineSearch> | undefined;
  const users = new Set<string>();
  const find = () => (search ??= findContainerEngine());
  return {
    offline,
    find,
    async use(trackingId) {
      const found = await find();
      if (found.kind === 'none') throw new ContainerEngineError(found.why, found.installed);
      if (!users.has(trackingId)) noteEngineUse(slipwayHome, trackingId);
      users.add(trackingId);
      return createDockerClient(found.engine);
    },
    release(trackingId) {
      if (users.delete(trackingId)) forgetEngineUse(slipwayHome, trackingId);
    },
  };
}
