import type { DockerClient } from './docker-client.ts';
import { ensureNetwork } from './job-network.ts';
import { relayLoopback } from './loopback-relay.ts';

export interface HostReach {
  /** The URL under which the job's containers reach what `url` names; one that is not on the host's loopback is the same for them. */
  urlFromContainers(url: string): Promise<string>;
}

/**
 * A container's loopback is its own. What listens on the host's is relayed to the gateway of the job's network until `signal`, so that
 * no other network sees it. Where the gateway is not this machine (the engine is in a virtual machine) the engine has a name for the host.
 */
export function createHostReach(options: {
  client: DockerClient;
  trackingId: string;
  signal: AbortSignal;
}): HostReach {
  const byPort = new Map<number, Promise<string>>();
  return {
    async urlFromContainers(url) {
      const parsed = URL.canParse(url) ? new URL(url) : undefined;
      if (parsed === undefined || !loopback.has(parsed.hostname)) return url;
      const port = Number(parsed.port);
      const host = byPort.get(port) ?? findHost(options, port);
      byPort.set(port, host);
      parsed.host = await host;
      return parsed.href;
    },
  };
}

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

async function findHost(
  { client, trackingId, signal }: Parameters<typeof createHostReach>[0],
  port: number,
): Promise<string> {
  const address = await readGateway(client, await ensureNetwork(client, trackingId));
  if (address !== undefined) {
    try {
      return `${address}:${await relayLoopback({ address, port, signal })}`;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRNOTAVAIL') throw error;
    }
  }
  return `${client.engine.name === 'podman' ? 'host.containers.internal' : 'host.docker.internal'}:${port}`;
}

interface NetworkDescription {
  /** Docker's. */
  IPAM?: { Config?: { Gateway?: string }[] };
  /** Podman's. */
  subnets?: { gateway?: string }[];
}

async function readGateway(client: DockerClient, network: string): Promise<string | undefined> {
  const described = JSON.parse(
    await client.run(['network', 'inspect', '--format', '{{json .}}', network]),
  ) as NetworkDescription;
  const gateways = [
    ...(described.IPAM?.Config ?? []).map(({ Gateway }) => Gateway),
    ...(described.subnets ?? []).map(({ gateway }) => gateway),
  ];
  return gateways.find((gateway) => gateway?.includes('.'));
}
