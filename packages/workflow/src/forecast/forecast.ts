import type { GroupRequest } from '../plan/run-plan.ts';

/**
 * What an event would do if every job that runs succeeded, as far as that can be told before it runs.
 * Plain JSON, for people and for `--json`.
 */
export interface RunForecast {
  runId: string;
  workflow: string;
  workflowName: string;
  /** `run-name`, evaluated. */
  name: string;
  groups: GroupRequest[];
  /** In the file's order; behind a call the jobs that it calls. */
  jobs: JobForecast[];
}

export interface JobForecast {
  /** Id in the file, with the callers' ids in front: `deploy/test`. */
  id: string;
  /** Without matrix values. */
  name: string;
  /** Ids, with the file's path behind those of other workflows. */
  needs: string[];
  /** What a reusable job calls. */
  uses?: string;
  verdict: Verdict;
  /** Of a job that would or might run. */
  legs?: LegsForecast;
}

export type Verdict =
  | { kind: 'runs' }
  | { kind: 'skipped'; reason: string }
  /** Only the run can tell: its `if` uses outputs of these jobs, or depends on whether they run. */
  | { kind: 'depends'; on: string[] }
  /** It would fail without starting. */
  | { kind: 'fails'; reason: string };

export type LegsForecast =
  | { kind: 'known'; legs: LegForecast[] }
  /** The matrix uses outputs of these jobs. */
  | { kind: 'depends'; on: string[] };

export interface LegForecast {
  name: string;
  /** null for a call. */
  labels: string[] | null;
  /** Ids of the jobs whose outputs decide on labels, names, groups or inputs; absent if all is known. */
  dependsOn?: string[];
  environment?: string;
  groups: GroupRequest[];
  /** Why this leg alone would fail without starting. */
  invalid?: string;
}
