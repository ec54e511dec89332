export { type ContainerSource, createContainerSource } from './container-source.ts';
export type { DockerClient } from './docker-client.ts';
export { createHostReach, type HostReach } from './host-reach.ts';
