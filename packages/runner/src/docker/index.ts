export { type ContainerSource, createContainerSource } from './container-source.ts';
