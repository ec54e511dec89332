import { findOnPath } from '../machine/binaries.ts';
import { collectOutput } from '../processes/collect-output.ts';

/** A container engine that answers. */
export interface ContainerEngine {
  /** Absolute path of its command line client. */
  client: string;
  /** `docker` may be podman's look-alike; nothing here depends on which it is. */
  name: 'docker' | 'podman';
  version: string;
}

export type EngineSearch =
  | { kind: 'found'; engine: ContainerEngine }
  /** `why` is one clause for people, e.g. that the client is there but its engine doesn't answer. */
  | { kind: 'none'; why: string; installed: boolean };

const ANSWER_TIMEOUT_MS = 10_000;

/** Looks for an engine: docker's first, then podman's. */
export async function findContainerEngine(): Promise<EngineSearch> {
  let silent: string | undefined;
  for (const name of ['docker', 'podman'] as const) {
    const client = findOnPath(name);
    if (!client) continue;
    const { status, output } = await collectOutput({
      file: client,
      args: ['version', '--format', '{{.Server.Version}}'],
      cwd: '/',
      env: process.env as Record<string, string>,
      input: '',
      timeoutMs: ANSWER_TIMEOUT_MS,
    });
    const version = output.trim().split('\n').at(-1) ?? '';
    if (status === 0 && /^\d/.test(version)) return { kind: 'found', engine: { client, name, version } };
    silent ??= `${name} is installed, but its engine does not answer (${lastLine(output) || 'no answer'})`;
  }
  return silent
    ? { kind: 'none', why: silent, installed: true }
    : { kind: 'none', why: 'neither docker nor podman is installed', installed: false };
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? '';
}
