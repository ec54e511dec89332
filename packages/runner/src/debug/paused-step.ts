import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Value } from '@slipway/workflow';
import { evaluate } from '@slipway/workflow/expressions';
import type { ForkedEnvironment } from '../job/job-environment.ts';
import type { JobState } from '../job/job-state.ts';
import type { Masker } from '../output/masker.ts';
import { type RunningStep, scopeOf } from '../steps/running-step.ts';
import { refreshCheckout } from '../workspace/refresh-checkout.ts';
import type { PausedStep, StepFrame } from './step-gate.ts';
import { openShell } from './step-shell.ts';

/** What whoever holds the job may see of it and do in it. `environment` takes what is set in its shells. */
export function createPausedStep(
  step: RunningStep,
  { reason, environment }: { reason: PausedStep['reason']; environment: ForkedEnvironment },
): PausedStep {
  const { job } = step;
  const { request, masker } = job;
  const steps = outwards(step);
  const at = (frame: number): RunningStep => steps[frame] ?? step;
  return {
    runId: request.runId,
    jobKey: request.jobKey,
    jobId: request.job.id,
    jobName: request.name,
    workflowPath: request.workflowPath,
    reason,
    frames: steps.map(frameOf),
    signal: job.cancelled,
    contexts: (frame = 0) => masked(scopeOf(at(frame)).contexts, masker) as { [name: string]: Value },
    async evaluate(expression, frame = 0) {
      await job.hashing.prepare({ expression });
      return masked(evaluate(expression, scopeOf(at(frame))), masker);
    },
    openShell: () => openShell(step, environment),
    refreshSources: () => refreshSources(job),
  };
}

function outwards(step: RunningStep): RunningStep[] {
  const user = step.scope.composite?.user;
  return user === undefined ? [step] : [step, ...outwards(user)];
}

function frameOf(step: RunningStep): StepFrame {
  const { id, title, place = 0, source, job } = step;
  const file = fileOf(step);
  return {
    title: job.masker.maskText(title),
    ...(id.startsWith('__') ? {} : { id }),
    place: place + 1,
    source,
    ...(file === undefined ? {} : { file }),
  };
}

/** In the repository where it is a copy of a file there: that is what people edit. */
function fileOf({ job, scope }: RunningStep): string | undefined {
  const { repositoryRoot } = job.options;
  const manifest = scope.composite?.user.memory.resolved?.manifestPath;
  if (manifest === undefined) return existing(resolve(repositoryRoot, job.request.workflowPath));
  for (const { directory } of job.checkouts) {
    const path = relative(directory, manifest);
    const original = path.startsWith('..') ? undefined : existing(join(repositoryRoot, path));
    if (original !== undefined) return original;
  }
  return manifest;
}

function existing(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}

/** Secrets are masked wherever they stand, in names too. */
function masked(value: Value, masker: Masker): Value {
  if (typeof value === 'string') return masker.maskText(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => masked(item, masker));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [masker.maskText(name), masked(item, masker)]),
  );
}

async function refreshSources(job: JobState): Promise<string[] | null> {
  if (job.checkouts.length === 0) return null;
  const changed = new Set<string>();
  for (const checkout of job.checkouts) {
    const at = Date.now();
    const paths = await refreshCheckout({
      source: job.options.repositoryRoot,
      target: checkout.directory,
      since: checkout.at,
      signal: job.killed,
    });
    checkout.at = at;
    for (const path of paths) changed.add(path);
  }
  return [...changed];
}
