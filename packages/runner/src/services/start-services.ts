import { readCreateOptions } from './create-options.ts';
import { claimPorts } from './port-claim.ts';
import { fixedHostPorts } from './published-ports.ts';
import { ServiceError } from './service-error.ts';
import type { RunningService, ServiceContext, ServiceProvider, ServiceRequest } from './service-provider.ts';

export interface StartServicesOptions {
  provider: ServiceProvider;
  /** All `services:` of the job, in the order of the file. One with an empty image is left out, as on GitHub. */
  requests: ServiceRequest[];
  context: ServiceContext;
  /** Who uses the ports, told to jobs that wait for them: `job test of run 12`. */
  holder: string;
  /** How long to wait for ports that other jobs hold; default 30 minutes. */
  portWaitMs?: number;
}

/** A job's services, all healthy. */
export interface StartedServices {
  services: RunningService[];
  /** Ends all of them and gives their ports back; never throws. */
  stop(): Promise<void>;
}

/**
 * Starts all services of a job: first it is made sure that each can be served, then the host ports that the workflow fixes are
 * taken (waiting for other jobs of this machine that use them), then all start at once.
 * @throws ServiceError of the first that fails; the others are stopped by then.
 */
export async function startServices(options: StartServicesOptions): Promise<StartedServices> {
  const { provider, context } = options;
  const requests = options.requests.filter((request) => {
    if (request.image === '') context.log(`${request.id}: no image, so this service is left out`);
    return request.image !== '';
  });
  if (requests.length === 0) return { services: [], stop: async () => undefined };
  await assertServable(provider, requests);
  const release = await claimPorts({
    ports: distinctHostPorts(requests),
    holder: options.holder,
    log: context.log,
    signal: context.signal,
    ...(options.portWaitMs !== undefined && { waitMs: options.portWaitMs }),
  });
  const services: RunningService[] = [];
  const stop = async () => {
    await Promise.all(services.map((service) => service.stop()));
    release();
  };
  try {
    services.push(...(await startAll(provider, requests, context)));
    return { services, stop };
  } catch (error) {
    await stop();
    throw error;
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
        return await provider.start(request, { ...context, signal });
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
