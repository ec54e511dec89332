import { join } from 'node:path';
import type { Value } from '@slipway/workflow';
import { displayString, evaluateTemplate } from '@slipway/workflow/expressions';
import type { RunningService, ServiceRequest } from '../services/service-provider.ts';
import { texts } from '../steps/perform-step.ts';
import { StepError } from '../steps/step-error.ts';
import { jobScope } from './job-contexts.ts';
import type { JobState } from './job-state.ts';

/**
 * Starts what `services:` asks for, all at once, and puts it into `job.services`. Resolves when all are healthy;
 * if one is not, the others are stopped.
 * @throws StepError or ServiceError
 */
export async function startServices(job: JobState, log: (line: string) => void): Promise<RunningService[]> {
  const template = job.request.job.services;
  if (template === undefined) return [];
  const requests = readServices(evaluateTemplate(template, jobScope(job)), log);
  const provider = job.options.services;
  const obstacles = await Promise.all(requests.map((request) => provider.cannotServe(request)));
  const refused = obstacles.findIndex((obstacle) => obstacle !== null);
  if (refused !== -1) {
    const { id, image } = requests[refused] as ServiceRequest;
    throw new StepError(`The service '${id}' (${image}) can't be started here`, obstacles[refused] ?? '');
  }
  const starts = await Promise.allSettled(requests.map((request) => startService(job, request, log)));
  const running = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failure = starts.find((start) => start.status === 'rejected');
  if (failure !== undefined) {
    await stopServices(running);
    throw failure.reason;
  }
  job.contexts.job.services = Object.fromEntries(
    running.map(({ id, containerId, network, ports }) => [id, { id: containerId, network, ports }]),
  );
  return running;
}

export async function stopServices(services: RunningService[]): Promise<void> {
  await Promise.all(services.map((service) => service.stop()));
}

async function startService(
  job: JobState,
  request: ServiceRequest,
  log: (line: string) => void,
): Promise<RunningService> {
  return await job.options.services.start(request, {
    trackingId: job.trackingId,
    directory: join(job.folders.root, '_services', request.id),
    log: (line) => log(`${request.id}: ${line}`),
    signal: job.cancelled,
  });
}

function readServices(value: Value, log: (line: string) => void): ServiceRequest[] {
  return Object.entries(asObject(value)).flatMap(([id, service]) => {
    const fields = typeof service === 'string' ? { image: service } : asObject(service);
    const image = text(fields.image);
    if (image === '') {
      log(`The service '${id}' will not be started because its image is empty.`);
      return [];
    }
    const credentials = texts(fields.credentials ?? null);
    const { username, password } = credentials;
    return [
      {
        id,
        image,
        ...(username === undefined || password === undefined ? {} : { credentials: { username, password } }),
        env: texts(fields.env ?? null),
        ports: list(fields.ports),
        volumes: list(fields.volumes),
        options: text(fields.options),
        ...(fields.entrypoint === undefined ? {} : { entrypoint: text(fields.entrypoint) }),
        ...(fields.command === undefined ? {} : { command: text(fields.command) }),
      },
    ];
  });
}

function asObject(value: Value | undefined): { [key: string]: Value } {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

function text(value: Value | undefined): string {
  return value === undefined ? '' : displayString(value);
}

function list(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.map(displayString) : [];
}
