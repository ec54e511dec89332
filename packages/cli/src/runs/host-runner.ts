import { createRunner, type Runner, type StepGate } from '@slipway/runner';
import type { RemoteActionStore } from '@slipway/runner/actions';
import type { ResumePoint } from '@slipway/runner/kept';
import { keptDirectoryOf, type RunDirectory } from '@slipway/runner/recovery';
import type { RunnerPort } from '@slipway/server/runs';
import type { MappingTemplate } from '@slipway/workflow';
import type { ExecutorKind } from '../commands/workflow-request.ts';
import { withOwnCommand } from '../machine/installation.ts';
import { placeJob, type RunnerLabels } from '../machine/runner-labels.ts';
import type { JobResults } from './job-results.ts';
import { lazyContainers, lazyServices } from './lazy-providers.ts';

export interface HostRunnerOptions {
  root: string;
  home: string;
  store: RemoteActionStore;
  /** Of `--env`: outermost, so that workflows may overrule it. */
  env: Readonly<Record<string, string>>;
  environment: NodeJS.ProcessEnv;
  executor: ExecutorKind;
  offline: boolean;
  labels: RunnerLabels;
  results: JobResults;
  /** May hold jobs; null: nobody does. */
  gate: StepGate | null;
  /** Copy the folder of every job before each of its steps. */
  checkpoint: boolean;
  /** A job that goes on from a step; null: all begin. */
  resume: ResumePoint | null;
}

/** Executes the jobs of several runs, each run in its own directory. */
export function hostRunner(
  directories: ReadonlyMap<string, RunDirectory>,
  options: HostRunnerOptions,
): RunnerPort {
  const { home, offline, executor } = options;
  const containers = lazyContainers({ slipwayHome: home, offline });
  const services = lazyServices({ slipwayHome: home, containers, executor });
  const runners = new Map<string, Runner>();
  const runnerOf = (runId: string): Runner => {
    const known = runners.get(runId);
    if (known !== undefined) return known;
    const directory = directories.get(runId);
    if (directory === undefined) throw new Error(`run ${runId} has no directory`);
    const runner = createRunner({
      slipwayHome: options.home,
      workDirectory: directory.workDirectory,
      trackingPrefix: directory.trackingPrefix,
      repositoryRoot: options.root,
      actions: options.store,
      services,
      ...(options.executor === 'host' ? {} : { containers }),
      containerImage: (labels) => imageOf(labels, options.labels),
      baseEnv: withOwnCommand(options.environment),
      actionsRuntime: options.results.runtimeOf,
      ...(options.gate === null ? {} : { gate: options.gate }),
      kept: { directory: keptDirectoryOf(options.home, runId), copies: options.checkpoint },
      ...(options.resume === null ? {} : { resume: options.resume }),
    });
    runners.set(runId, runner);
    return runner;
  };
  const outermost = environmentTemplate(options.env);
  return {
    start(request, onEvent) {
      const workflowEnv = outermost === null ? request.workflowEnv : [outermost, ...request.workflowEnv];
      return runnerOf(request.runId).start({ ...request, workflowEnv }, onEvent);
    },
  };
}

/** The image that `--runner` names for these labels. */
function imageOf(labels: string[], runners: RunnerLabels): string | undefined {
  const placement = placeJob(labels, runners);
  return placement.kind === 'served' && placement.target.kind === 'docker'
    ? placement.target.image
    : undefined;
}

function environmentTemplate(env: Readonly<Record<string, string>>): MappingTemplate | null {
  const at = { line: 0, column: 0 };
  const entries = Object.entries(env).map(([name, value]) => ({
    key: { kind: 'literal' as const, value: name, at },
    value: { kind: 'literal' as const, value, at },
  }));
  return entries.length === 0 ? null : { kind: 'mapping', entries, at };
}
