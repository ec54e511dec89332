/** One published port of a service. */
export interface PortMapping {
  /** Port inside the container. */
  containerPort: number;
  protocol: 'tcp' | 'udp' | 'sctp';
  /** Port on the host; null: any free one. */
  hostPort: number | null;
  /** Address to bind on the host; absent: docker binds all, Slipway's own services the loopback. */
  hostAddress?: string;
}

/**
 * Reads an entry of `ports:` as docker's `--publish` does: `80`, `8080:80`, `127.0.0.1:8080:80`, `127.0.0.1::80`,
 * `[::1]:80:80`, each also with `/udp`, and ranges of equal length. Returns null if it is none of these.
 * @see https://docs.docker.com/reference/cli/docker/container/run/#publish
 */
export function parsePortMapping(text: string): PortMapping[] | null {
  const match =
    /^(?:(?:(?<address>[^:[\]]*|\[[0-9a-fA-F:.]+\]):)?(?<host>[\d-]*):)?(?<container>[\d-]+)(?:\/(?<protocol>tcp|udp|sctp))?$/.exec(
      text.trim(),
    );
  if (!match?.groups) return null;
  const { address = '', host = '', container = '', protocol = 'tcp' } = match.groups;
  const containerPorts = parseRange(container);
  const hostPorts = host === '' ? undefined : parseRange(host);
  if (!containerPorts || hostPorts === null) return null;
  if (hostPorts && hostPorts.length !== containerPorts.length) return null;
  return containerPorts.map((containerPort, index) => ({
    containerPort,
    protocol: protocol as PortMapping['protocol'],
    hostPort: hostPorts?.[index] ?? null,
    ...(address !== '' && { hostAddress: address.replace(/^\[|\]$/g, '') }),
  }));
}

function parseRange(text: string): number[] | null {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (!match) return null;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  if (first < 1 || last > 65_535 || first > last) return null;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
