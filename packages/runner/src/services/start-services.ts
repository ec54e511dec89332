import { readCreateOptions } from './create-options.ts';
import { claimPorts } from './port-claim.ts';
import { fixedHostPorts } from './published-ports.ts';
import { ServiceError } from './service-error.ts';
import type { RunningService, ServiceContext, ServiceProvider, ServiceRequest } from './service-provider.ts';

export interface StartServicesOptions {
  provider: ServiceProvider;
  /** All `services:` of the job, in the order of the file; none with an empty image. */
  requests: ServiceRequest[];
  /** Lines that a service logs get its id in front. */
  context: ServiceContext;
  /** Who uses the ports, told to jobs that wait for them: `job test of run 12`. */
  holder: string;
  /** How long to wait for ports that other jobs hold; default 30 minutes. */
  portWaitMs?: number;
}

/**
 * Starts all services of a job: first it is made sure that each can be served, then the host ports that the workflow fixes are
 * taken (waiting for other jobs of this machine that use them), then all start at once. The ports are given back when
 * the last of the services has been stopped.
 * @throws ServiceError of the first that fails; the others are stopped by then.
 */
export async function startServices(options: StartServicesOptions): Promise<RunningService[]> {
  const { provider, requests, context } = options;
  if (requests.length === 0) return [];
  await assertServable(provider, requests);
  const release = await claimPorts({
    ports: distinctHostPorts(requests),
    holder: options.holder,
    log: context.log,
    signal: context.signal,
    ...(options.portWaitMs !== undefined && { waitMs: options.portWaitMs }),
  });
  const stopped = new Set<string>();
  try {
    const services = await startAll(provider, requests, context);
    return services.map((service) => ({ ...service, stop: stopping(service) }));
  } catch (error) {
    release();
    throw error;
  }

  function stopping(service: RunningService): () => Promise<void> {
    return async () => {
      await service.stop();
      stopped.add(service.id);
      if (stopped.size === requests.length) release();
    };
  }
}

async function assertServable(provider: ServiceProvider, requests: ServiceRequest[]): Promise<void> {
  const reasons = await Promise.all(requests.map((request) => provider.cannotServe(request)));
  const refused = reasons.filter((reason) => reason !== null);
  if (refused.length > 0) throw new ServiceError('cannot-serve', refused.join('\n'));
}

/** Two services of one job can't share a port, and would wait for each other forever. */
function distinctHostPorts(requests: ServiceRequest[]): number[] {
  const owners = new Map<number, string>();
  for (const request of requests) {
    const read = readCreateOptions(request.options);
    const publish = read.kind === 'ok' ? read.options.publish : [];
    for (const port of new Set(fixedHostPorts(request, publish))) {
      const owner = owners.get(port);
      if (owner !== undefined) {
        throw new ServiceError(
          'invalid-request',
          `Services ${owner} and ${request.id} both want port ${port}. Give one of them another.`,
        );
      }
      owners.set(port, request.id);
    }
  }
  return [...owners.keys()];
}

/** When one fails the others are told to give up, and whatever has started is stopped before the failure is reported. */
async function startAll(
  provider: ServiceProvider,
  requests: ServiceRequest[],
  context: ServiceContext,
): Promise<RunningService[]> {
  const failed = new AbortController();
  const signal = AbortSignal.any([context.signal, failed.signal]);
  let failure: { error: unknown } | undefined;
  const started = await Promise.all(
    requests.map(async (request) => {
      try {
        const log = (line: string) => context.log(`${request.id}: ${line}`);
        return await provider.start(request, { ...context, signal, log });
      } catch (error) {
        failure ??= { error };
        failed.abort();
        return undefined;
      }
    }),
  );
  const running = started.filter((service) => service !== undefined);
  if (!failure) return running;
  await Promise.all(running.map((service) => service.stop()));
  throw failure.error;
}
