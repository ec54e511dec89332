import { type Digest, isDigest } from '@slipway/delivery';
import { z } from 'zod';
import { type DockerCli, DockerFailure } from './docker-cli.ts';

/** Labels by which a target finds what is its own, also after a crash. */
export const labels = {
  /** Which target's. */
  target: 'slipway.target',
  /** `instance` or `one-off`. */
  kind: 'slipway.kind',
  id: 'slipway.id',
  revision: 'slipway.revision',
  component: 'slipway.component',
  group: 'slipway.group',
  ready: 'slipway.ready',
  timeoutMs: 'slipway.timeout-ms',
  stopTimeoutMs: 'slipway.stop-timeout-ms',
} as const;

const inspected = z.object({
  Id: z.string(),
  Image: z.string(),
  RestartCount: z.number(),
  Config: z.object({ Image: z.string(), Labels: z.record(z.string(), z.string()).nullable() }),
  HostConfig: z.object({
    PortBindings: z.record(z.string(), z.array(z.object({ HostPort: z.string() })).nullable()).nullish(),
  }),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    Paused: z.boolean(),
    ExitCode: z.number(),
    Error: z.string().nullish(),
    StartedAt: z.string(),
    FinishedAt: z.string(),
  }),
});

/** A container as its engine describes it. */
export interface ContainerFacts {
  id: string;
  labels: Record<string, string>;
  digest: Digest;
  status: string;
  isRunning: boolean;
  restarts: number;
  exitCode: number;
  error: string;
  /** null: it has never been started. */
  startedAtMs: number | null;
  /** On this machine; null: it has none. */
  port: number | null;
}

/** All containers of a target with this kind, running or not. */
export async function listContainers(
  cli: DockerCli,
  target: string,
  kind: 'instance' | 'one-off',
): Promise<ContainerFacts[]> {
  const filters = [
    '--filter',
    `label=${labels.target}=${target}`,
    '--filter',
    `label=${labels.kind}=${kind}`,
  ];
  const ids = await cli.run(['ps', '--all', '--quiet', '--no-trunc', ...filters]);
  if (ids === '') return [];
  const wanted = ids.split('\n');
  const { stdout, stderr, exitCode } = await cli.attempt(['inspect', '--type', 'container', ...wanted]);
  if (exitCode === null) throw new DockerFailure('inspect', stderr);
  const found = z.array(inspected).parse(JSON.parse(stdout || '[]'));
  // One of them may go in between: then the others are told all the same. An engine that has gone itself says nothing of them.
  const gone = stderr.split('\n').filter((line) => isAbsence.test(line));
  if (exitCode !== 0 && found.length + gone.length < wanted.length)
    throw new DockerFailure('inspect', stderr);
  return found.map(toFacts);
}

/** What docker and podman say of a container that they don't have. */
export const isAbsence = /no such (?:container|object)/i;

function toFacts(container: z.infer<typeof inspected>): ContainerFacts {
  const { Config, State, HostConfig } = container;
  const [binding] = Object.values(HostConfig.PortBindings ?? {}).flatMap((bindings) => bindings ?? []);
  const startedAtMs = Date.parse(State.StartedAt);
  return {
    id: container.Id,
    labels: Config.Labels ?? {},
    digest: digestOf(Config.Image, container.Image),
    status: State.Status,
    isRunning: State.Running && !State.Paused,
    restarts: container.RestartCount,
    exitCode: State.ExitCode,
    error: State.Error ?? '',
    startedAtMs: startedAtMs > 0 ? startedAtMs : null,
    port: binding ? Number(binding.HostPort) : null,
  };
}

/** What it was started from, by digest; an image without a repository is named by its own id. */
function digestOf(reference: string, image: string): Digest {
  const digest = reference.slice(reference.lastIndexOf('@') + 1);
  return isDigest(digest) ? digest : (image as Digest);
}
