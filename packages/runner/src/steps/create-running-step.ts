import type { RunningStep } from './running-step.ts';

export type RunningStepParts = Pick<
  RunningStep,
  'job' | 'scope' | 'stage' | 'source' | 'memory' | 'report' | 'environment' | 'stepEnv' | 'github' | 'place'
>;

/** A step at its start. */
export function createRunningStep(parts: RunningStepParts): RunningStep {
  const { job, scope, stage, source, memory, report, environment, stepEnv, github, place } = parts;
  return {
    job,
    scope,
    stage,
    source,
    memory,
    report,
    environment,
    stepEnv,
    github,
    ...(place === undefined ? {} : { place }),
    id: source.id,
    title: '',
    outputs: {},
    stop: new AbortController(),
    echoesCommands: job.debug,
    commandFailed: false,
    failureWasShown: false,
  };
}
