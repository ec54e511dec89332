import { evaluateTemplate } from '@slipway/workflow/expressions';
import type { JobContainerRequest } from '../docker/job-container.ts';
import { StepError } from '../steps/step-error.ts';
import { type ContainerRequest, readContainer } from './container-request.ts';
import { jobScope } from './job-contexts.ts';
import type { JobState } from './job-state.ts';

/**
 * Starts what `container:` asks for, or the image that stands for the job's labels; from then on the job's steps run in it.
 * @throws StepError, DockerError or ContainerEngineError
 */
export async function startJobContainer(job: JobState, log: (line: string) => void): Promise<void> {
  const request = askedContainer(job);
  if (request === undefined) return;
  if (job.containers === undefined) {
    throw new StepError(
      `The job runs in the container '${request.image}', and this runner executes jobs on the host only`,
      "Allow containers with '--executor auto', or remove 'container:' from the job.",
    );
  }
  log(`Starting the job's container from ${request.image}`);
  const container = await job.containers.startJob(request, { log, signal: job.cancelled });
  job.executor = container.executor;
  if (request.network !== 'host')
    job.contexts.job.container = { id: container.id, network: container.network };
}

type AskedContainer = ContainerRequest & Pick<JobContainerRequest, 'network'>;

/** Whether `job` will run in a container, as far as can be told before it is evaluated, and why; for people. */
export function describeExecutor({ request, options }: Pick<JobState, 'request' | 'options'>): string {
  const { container } = request.job;
  if (container?.kind === 'literal' && container.value)
    return `docker: the job's container ${container.value}`;
  if (container !== undefined) return "docker: the job's container";
  const image = options.containerImage?.(request.labels);
  if (image !== undefined) return `docker: ${image} stands for ${request.labels.join(', ')}`;
  return 'host: processes of this machine';
}

function askedContainer(job: JobState): AskedContainer | undefined {
  const { container } = job.request.job;
  if (container !== undefined) {
    const asked = readContainer(evaluateTemplate(container, jobScope(job)));
    if (asked.image !== '') {
      // GitHub looks for bash on its own machines only.
      job.defaults.shell ||= 'sh';
      return asked;
    }
  }
  const image = job.options.containerImage?.(job.request.labels);
  // It stands for a whole machine, whose services and other ports the workflow expects on localhost.
  return image === undefined ? undefined : { ...readContainer(image), network: 'host' };
}
