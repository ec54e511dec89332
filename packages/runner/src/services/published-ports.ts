import { type PortMapping, parsePortMapping } from './port-mapping.ts';
import { ServiceError } from './service-error.ts';
import type { ServiceRequest } from './service-provider.ts';

/** What `ports:` means for a server that listens on one port of the host. */
export interface PublishedPorts {
  /** The port that the workflow fixes; null: any free one. */
  hostPort: number | null;
  /** Keys of `job.services.<id>.ports` that lead to the server. */
  containerPorts: string[];
  /** Entries that have no effect here, for people. */
  warnings: string[];
}

/** @throws ServiceError `invalid-request` for an entry that docker would refuse too, or one that only docker can do. */
export function choosePublishedPorts(
  request: ServiceRequest,
  publish: string[],
  containerPort: number,
): PublishedPorts {
  const mappings = readPortMappings(request, publish);
  const reaching = mappings.filter(
    (mapping) => mapping.containerPort === containerPort && mapping.protocol === 'tcp',
  );
  const hostPorts = [...new Set(reaching.map(({ hostPort }) => hostPort).filter((port) => port !== null))];
  if (hostPorts.length > 1) {
    throw new ServiceError(
      'invalid-request',
      `Service ${request.id} publishes port ${containerPort} as ${hostPorts.join(' and ')}, which needs docker. Keep one of them.`,
    );
  }
  return {
    hostPort: hostPorts[0] ?? null,
    containerPorts: reaching.length > 0 ? [String(containerPort)] : [],
    warnings: mappings
      .filter((mapping) => !reaching.includes(mapping))
      .map(
        (mapping) =>
          `nothing listens on port ${mapping.containerPort}/${mapping.protocol} of ${request.image}`,
      ),
  };
}

/** The host ports that a service fixes. */
export function fixedHostPorts(request: ServiceRequest, publish: string[]): number[] {
  return readPortMappings(request, publish).flatMap(({ hostPort }) => hostPort ?? []);
}

function readPortMappings(request: ServiceRequest, publish: string[]): PortMapping[] {
  return [...request.ports, ...publish].flatMap((text) => {
    const mappings = parsePortMapping(text);
    if (mappings) return mappings;
    throw new ServiceError(
      'invalid-request',
      `Service ${request.id}: ${text} is not a port mapping. Write 5432 or 5432:5432 under ports:.`,
    );
  });
}
