import { join } from 'node:path';
import type { Value } from '@slipway/workflow';
import { evaluateTemplate } from '@slipway/workflow/expressions';
import type { RunningService, ServiceProvider, ServiceRequest } from '../services/service-provider.ts';
import { asObject, readContainer } from './container-request.ts';
import { jobScope } from './job-contexts.ts';
import type { JobState } from './job-state.ts';

/**
 * Starts what `services:` asks for, all at once, and puts it into `job.services`. Resolves when all are healthy;
 * if one is not, the others are stopped.
 * @throws ServiceError
 */
export async function startServices(job: JobState, log: (line: string) => void): Promise<RunningService[]> {
  const template = job.request.job.services;
  if (template === undefined) return [];
  const requests = readServices(evaluateTemplate(template, jobScope(job)), log);
  if (requests.length === 0) return [];
  const { startServices: startAll } = await import('../services/start-services.ts');
  const running = await startAll({
    provider: await providerFor(job),
    requests,
    context: {
      trackingId: job.trackingId,
      directory: join(job.folders.root, '_services'),
      log,
      signal: job.cancelled,
    },
    holder: `job ${job.request.name} of run ${job.request.runId}`,
  });
  job.contexts.job.services = Object.fromEntries(
    running.map(({ id, containerId, network, ports }) => [id, { id: containerId, network, ports }]),
  );
  return running;
}

export async function stopServices(services: RunningService[]): Promise<void> {
  await Promise.all(services.map((service) => service.stop()));
}

function readServices(value: Value, log: (line: string) => void): ServiceRequest[] {
  return Object.entries(asObject(value)).flatMap(([id, service]) => {
    const request = readContainer(service);
    if (request.image !== '') return [{ id, ...request }];
    log(`The service '${id}' will not be started because its image is empty.`);
    return [];
  });
}

/** Services of a job in a container are containers too: it reaches them by their ids, on their network. */
async function providerFor({ containers, options }: JobState): Promise<ServiceProvider> {
  if (containers?.jobContainer === undefined || options.containers === undefined) return options.services;
  const { createContainerServices } = await import('../services/create-services.ts');
  return createContainerServices(options.containers);
}
