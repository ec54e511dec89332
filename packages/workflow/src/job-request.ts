import type { Value } from './expressions/value.ts';
import type { MappingTemplate, Template } from './model/template.ts';
import type { CacheMode, NormalJob, Permissions } from './model/workflow.ts';

/**
 * One job, planned whole: everything that a runner needs to execute it, and nothing that it must ask back.
 * Plain JSON; the wire format of the runner protocol embeds it as it is.
 */
export interface JobRequest {
  runId: string;
  /** Unique within the run, stable over restarts: `build`, `build(2)`, `call/inner(0)`. */
  jobKey: string;
  /** What people see, e.g. `build (ubuntu-latest, 20)`. */
  name: string;
  /** The file the job is written in (for diagnostics). */
  workflowPath: string;
  job: NormalJob;
  /** Labels after evaluation, e.g. `['ubuntu-latest']`. */
  labels: string[];
  /** `runs-on.group`, evaluated. */
  runnerGroup?: string;
  /** Name of the job's environment, evaluated; its `url` is the runner's to evaluate, when the steps are done. */
  environment?: string;
  /** Workflow-level `env:`, outermost first; a called workflow adds nothing of its caller's. */
  workflowEnv: Template[];
  /** Effective defaults, job over workflow. */
  defaults: { shell?: Template; workingDirectory?: Template };
  /** Evaluated before the job starts. */
  contexts: {
    github: { [key: string]: Value };
    inputs: { [key: string]: Value };
    vars: { [key: string]: Value };
    needs: { [key: string]: Value };
    matrix: Value;
    strategy: { [key: string]: Value };
  };
  secrets: Record<string, string>;
  permissions: Permissions;
  /** Where the Slipway server is that the job is of, for SLIPWAY_SERVER; absent: there is none. */
  slipwayServer?: string;
  /** What the job may do with caches, as it says or as its event lets it; default `write`. Who serves them may allow less. */
  cacheMode?: CacheMode;
  /** null: 360, GitHub's default. */
  timeoutMinutes: number | null;
  continueOnError: boolean;
  /** Outputs are evaluated by the runner when the steps are done. */
  outputs: MappingTemplate | null;
}
