import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { evaluateString, evaluateTemplate } from '@slipway/workflow/expressions';
import type { RunningService } from '../services/service-provider.ts';
import { texts } from '../steps/perform-step.ts';
import { StepError } from '../steps/step-error.ts';
import type { StepReport } from '../steps/step-report.ts';
import { eventPath, jobScope } from './job-contexts.ts';
import { startServices } from './job-services.ts';
import type { JobState } from './job-state.ts';

/**
 * Everything before the first step: the event's file, `env:`, defaults, services.
 * @throws what makes the job impossible; its message is for people
 */
export async function setUpJob(job: JobState, report: StepReport): Promise<RunningService[]> {
  const { request, folders, contexts } = job;
  const { name, os, arch } = contexts.runner;
  report.log.line(`Runner: ${name} (${os}, ${arch})`);
  report.log.line(`Labels: ${request.labels.join(', ')}; executed on this machine's host`);
  report.log.line(`Workspace: ${folders.workspace}`);
  await writeEvent(job);
  for (const template of [...request.workflowEnv, ...(request.job.env ? [request.job.env] : [])]) {
    for (const [variable, value] of Object.entries(texts(evaluateTemplate(template, jobScope(job))))) {
      job.environment.set(variable, value);
    }
  }
  evaluateDefaults(job);
  refuseContainer(job);
  return await startServices(job, (line) => report.log.line(line));
}

async function writeEvent({ folders, contexts }: JobState): Promise<void> {
  const path = eventPath(folders);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(contexts.github.event ?? {}, undefined, 2));
}

function evaluateDefaults(job: JobState): void {
  const { shell, workingDirectory } = job.request.defaults;
  const scope = jobScope(job);
  if (shell !== undefined) job.defaults.shell = evaluateString(shell, scope);
  if (workingDirectory !== undefined) {
    job.defaults.workingDirectory = evaluateString(workingDirectory, scope);
  }
}

function refuseContainer(job: JobState): void {
  const { container } = job.request.job;
  if (container === undefined) return;
  const value = evaluateTemplate(container, jobScope(job));
  const image = typeof value === 'string' ? value : ((value as { image?: unknown } | null)?.image ?? '');
  if (image === '') return;
  throw new StepError(
    `The job asks for the container '${image}', and this runner executes jobs on the host only`,
    "Run it on a runner with a container engine, or remove 'container:' from the job.",
  );
}
