import { join } from 'node:path';
import type { Value } from '@slipway/workflow';
import { displayString, evaluateTemplate } from '@slipway/workflow/expressions';
import type { RunningService, ServiceRequest } from '../services/service-provider.ts';
import { startServices as startAll } from '../services/start-services.ts';
import { texts } from '../steps/perform-step.ts';
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
  const running = await startAll({
    provider: job.options.services,
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
