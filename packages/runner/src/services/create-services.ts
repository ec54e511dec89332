import type { ContainerSource } from '../docker/container-source.ts';
import { createNativeServices } from './native/native-services.ts';
import type { ServiceProvider } from './service-provider.ts';

export interface ServicesOptions {
  slipwayHome: string;
  containers: ContainerSource;
  /**
   * What serves the services of jobs on the host. `host`: the machine's own servers; `docker`: containers;
   * `auto`: the machine's own where they can serve the image, else containers where an engine answers.
   * Jobs in containers have their services in containers always.
   */
  executor: 'auto' | 'host' | 'docker';
}

/** The service provider for jobs on the host. */
export function createServices({ slipwayHome, containers, executor }: ServicesOptions): ServiceProvider {
  const native = createNativeServices({ slipwayHome });
  if (executor === 'host') return native;
  const inContainers = createContainerServices(containers);
  if (executor === 'docker') return inContainers;
  return {
    async cannotServe(request) {
      const refusal = await native.cannotServe(request);
      if (refusal === null) return null;
      const engine = await containers.find();
      if (engine.kind === 'found') return inContainers.cannotServe(request);
      return `${refusal} No container engine can be used: ${engine.why}.`;
    },
    async start(request, context) {
      const refusal = await native.cannotServe(request);
      if (refusal === null) return native.start(request, context);
      context.log(
        `${request.image} runs in a container, since the machine's own servers can't stand in for it`,
      );
      return inContainers.start(request, context);
    },
  };
}

/** Services as GitHub runs them. The engine is looked for when the first is asked for. */
export function createContainerServices(containers: ContainerSource): ServiceProvider {
  const load = async () => (await import('../docker/docker-services.ts')).createDockerServices;
  return {
    async cannotServe(request) {
      const engine = await containers.find();
      if (engine.kind === 'none') {
        return `Service ${request.id} (${request.image}): no container engine can be used: ${engine.why}.`;
      }
      const create = await load();
      return create({ use: containers.use, offline: containers.offline }).cannotServe(request);
    },
    async start(request, context) {
      const create = await load();
      return create({ use: containers.use, offline: containers.offline }).start(request, context);
    },
  };
}
