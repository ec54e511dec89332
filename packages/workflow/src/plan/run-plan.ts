import type { Value } from '../expressions/value.ts';
import type { Template } from '../model/template.ts';
import type {
  CacheMode,
  ConcurrencyTemplate,
  Job,
  Permissions,
  RunDefaults,
  Trigger,
} from '../model/workflow.ts';
import type { Conclusion } from '../run/conclusion.ts';
import type { MatrixChoice } from './matrix-choice.ts';

/** What one event starts: its runs, one for each matching workflow. Plain JSON, kept unchanged while they run. */
export interface EventPlan {
  runs: RunPlan[];
}

/** One run of one workflow: everything about it that does not change while it runs. Holds no secrets. */
export interface RunPlan {
  runId: string;
  runNumber: number;
  runAttempt: number;
  event: string;
  /** Repository-relative. */
  workflowPath: string;
  /** The workflow's name, or its path. */
  workflowName: string;
  /** `run-name`, evaluated; else GitHub's default for the event. */
  name: string;
  /** What expressions read at every level of this run. `github` has no `token` and no `job` yet. */
  contexts: { github: Record<string, Value>; inputs: Record<string, Value>; vars: Record<string, Value> };
  /** Permissions of a workflow that doesn't ask for any. */
  defaultPermissions: Permissions;
  /** The workflow's concurrency group: none or one. */
  groups: GroupRequest[];
  /** The workflow's own jobs come first; then one graph for each workflow that is called. */
  graphs: JobGraph[];
  /** Jobs of sibling runs that jobs of this run need. */
  foreign: ForeignNeed[];
  /** Only these legs of matrices; absent: all. */
  matrixChoice?: readonly MatrixChoice[];
}

/** A job of another workflow. */
export type ForeignNeed =
  | {
      kind: 'sibling';
      /** Position in the event's `runs`. */
      run: number;
      /** Position in that run's own graph. */
      job: number;
      id: string;
    }
  /** A job of a workflow that the event did not start: it counts as skipped. */
  | { kind: 'not-started'; id: string; path: string }
  /** A job of a sibling run that is over: this run is another attempt. */
  | { kind: 'concluded'; id: string; conclusion: Conclusion; outputs: Record<string, string> };

/** A concurrency group that must be free before something starts. */
export interface GroupRequest {
  /** As evaluated; names are compared without case. */
  group: string;
  /** Whether who holds the group is cancelled for this request. */
  cancelInProgress: boolean;
  /** `single`: a newer request replaces the pending one. `max`: up to 100 requests wait in line. */
  queue: 'single' | 'max';
}

/** The jobs of one workflow file, in the file's order, with what they share. */
export interface JobGraph {
  /** Path of the file, or the full reference of a remote one. */
  path: string;
  env?: Template;
  defaults?: RunDefaults;
  permissions?: Permissions;
  cacheMode?: CacheMode;
  /** Of a called workflow; the run's own group is in `RunPlan.groups`. */
  concurrency?: ConcurrencyTemplate;
  /** The `workflow_call` trigger of a called workflow. */
  call?: Trigger;
  jobs: PlannedJob[];
}

export interface PlannedJob {
  job: Job;
  /** Positions of the needed jobs in the graph. */
  needs: number[];
  /** Positions in the run's `foreign`; only for jobs of the workflow itself. */
  foreign: number[];
  /** Positions of the jobs that need this one. */
  dependents: number[];
  /** Position in the run's `graphs` of the workflow that a reusable job calls. */
  callee?: number;
}
