import type { JobRequest } from '@slipway/workflow';
import type { ActionStore } from '../actions/action-store.ts';
import type { StepGate } from '../debug/step-gate.ts';
import type { ContainerSource } from '../docker/container-source.ts';
import type { HandOver } from '../kept/keep-job.ts';
import type { ResumePoint } from '../kept/resume-job.ts';
import type { ServiceProvider } from '../services/service-provider.ts';

/** What the jobs of one run have in common. All paths are absolute. */
export interface RunnerOptions {
  /** `SLIPWAY_HOME`. */
  slipwayHome: string;
  /** The run's own folder, `<home>/work/<runId>`; each job gets a folder in it, removed when the job ends. */
  workDirectory: string;
  /** The working tree that stands in for `actions/checkout` of the own repository. */
  repositoryRoot: string;
  /**
   * `commit`: its HEAD is what is checked out, and of its files only those need be there that are read before: the lockfile, manifests
   * of actions. Default `files`: the files as they are.
   */
  repositoryHolds?: 'files' | 'commit';
  actions: ActionStore;
  services: ServiceProvider;
  /** Where containers come from: `container:`, container actions. Absent: jobs that need one fail. */
  containers?: ContainerSource;
  /** The image that jobs with these labels run in; undefined: the host. A `container:` of the job itself goes before. */
  containerImage?: (labels: string[]) => string | undefined;
  /** The caller's environment, e.g. `process.env`; jobs see only what jobEnvironment() picks of it. */
  baseEnv: Readonly<Record<string, string | undefined>>;
  /** `slipway_<runId>`. The n-th job's RUNNER_TRACKING_ID is `<trackingPrefix>_<n>`. */
  trackingPrefix: string;
  /** RUNNER_TOOL_CACHE; default: a folder of each job's own, where setup actions find the machine's tools. */
  toolCache?: string;
  /** `runner.name`; default `slipway`. */
  name?: string;
  /**
   * ACTIONS_RUNTIME_TOKEN, ACTIONS_RESULTS_URL and the like, which JavaScript and container actions get and scripts don't. Asked for
   * once for each job, when its first action starts; default none.
   */
  actionsRuntime?: (request: JobRequest) => Promise<Record<string, string>>;
  /** Leave the job's folder where it is when the job has ended; default false. */
  keepWorkspace?: boolean;
  /**
   * Keeps jobs that fail, in `directory`, so that they can go on from the step; `copies`: all jobs, with a copy of the job's folder
   * before each step. `handOver`: what is kept is taken elsewhere. Default: nothing is kept.
   */
  kept?: { directory: string; copies: boolean; handOver?: HandOver };
  /** The job of that key goes on from a step instead of beginning. */
  resume?: ResumePoint;
  /** May hold jobs between their steps; default nobody does. */
  gate?: StepGate;
}
