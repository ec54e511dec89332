import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ActionStep } from '@slipway/workflow';
import { evaluateString, evaluateTemplate } from '@slipway/workflow/expressions';
import { isCheckoutAction } from '../actions/checkout-action.ts';
import type { RunningService } from '../services/service-provider.ts';
import { isCheckoutOfOwn } from '../steps/checkout-step.ts';
import { texts } from '../steps/perform-step.ts';
import { type DuePre, duePres } from '../steps/pre-stages.ts';
import type { Scope } from '../steps/running-step.ts';
import { memoryOf } from '../steps/step-memory.ts';
import type { StepReport } from '../steps/step-report.ts';
import { describeExecutor, startJobContainer } from './job-container.ts';
import { eventPath, jobScope } from './job-contexts.ts';
import { startServices } from './job-services.ts';
import type { JobState } from './job-state.ts';

export interface JobSetUp {
  services: RunningService[];
  /** Pre stages of actions, in the order of their steps. */
  pres: DuePre[];
}

/**
 * Everything before the first step: the event's file, `env:`, defaults, container, actions, services.
 * @throws what makes the job impossible; its message is for people
 */
export async function setUpJob(job: JobState, scope: Scope, report: StepReport): Promise<JobSetUp> {
  const { request, folders, contexts } = job;
  const { name, os, arch } = contexts.runner;
  report.log.line(`Runner: ${name} (${os}, ${arch})`);
  report.log.line(`Labels: ${request.labels.join(', ')}; executed on ${describeExecutor(job)}`);
  report.log.line(`Workspace: ${folders.workspace}`);
  if (request.job.snapshot !== undefined)
    report.log.line(
      'Warning: snapshot: no image is made of this runner; the job runs as if the key were not there.',
    );
  writeEvent(job);
  await job.hashing.prepare({ job: request.job, env: request.workflowEnv, defaults: request.defaults });
  for (const template of [...request.workflowEnv, ...(request.job.env ? [request.job.env] : [])]) {
    for (const [variable, value] of Object.entries(texts(evaluateTemplate(template, jobScope(job))))) {
      job.environment.set(variable, value);
    }
  }
  evaluateDefaults(job);
  await startJobContainer(job, (line) => report.log.line(line));
  const pres = await prepareActions(job, scope);
  const services = await startServices(job, (line) => report.log.line(line));
  job.initialVariables = { ...job.environment.variables };
  const { resume } = job;
  if (resume === undefined) return { pres, services };
  const { restorePoint } = await import('../kept/resume-job.ts');
  await restorePoint(job, scope, { resume, report });
  return { pres: pres.filter(({ step }) => job.steps.indexOf(step) >= resume.place), services };
}

async function prepareActions(job: JobState, scope: Scope): Promise<DuePre[]> {
  const steps = job.request.job.steps.flatMap((step, place) =>
    step.kind === 'action' ? [{ step, memory: memoryOf(scope.memory, place) }] : [],
  );
  if (steps.length === 0) return [];
  const uses = steps.filter(({ step }) => !isLocal(step.uses) && !mayBeOwnCheckout(job, step));
  await job.options.actions.prepare([...new Set(uses.map(({ step }) => step.uses))], job.cancelled, {
    workflowPath: job.request.workflowPath,
  });
  return await duePres(job, steps, scope.ownRepository);
}

function isLocal(uses: string): boolean {
  return /^(\.|\$|docker:)/.test(uses);
}

/** The working tree may stand in for it; that is certain only when the step starts. */
function mayBeOwnCheckout(job: JobState, { uses, with: inputs }: ActionStep): boolean {
  if (!isCheckoutAction(uses)) return false;
  try {
    const given = inputs === undefined ? {} : texts(evaluateTemplate(inputs, jobScope(job)));
    return isCheckoutOfOwn(job, uses, given);
  } catch {
    return true;
  }
}

function writeEvent({ folders, contexts }: JobState): void {
  const path = eventPath(folders);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(contexts.github.event ?? {}, undefined, 2));
}

function evaluateDefaults(job: JobState): void {
  const { shell, workingDirectory } = job.request.defaults;
  const scope = jobScope(job);
  if (shell !== undefined) job.defaults.shell = evaluateString(shell, scope);
  if (workingDirectory !== undefined) {
    job.defaults.workingDirectory = evaluateString(workingDirectory, scope);
  }
}
