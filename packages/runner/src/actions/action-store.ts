import type { Action } from '@slipway/workflow';

/** Where an action's files are and what its manifest says. */
export interface ResolvedAction {
  action: Action;
  /** Absolute path of the folder that holds `action.yml`. */
  directory: string;
  /** Absolute path of the manifest (for diagnostics). */
  manifestPath: string;
  /** Root of the repository that holds the action: what `$/` means in its own steps. */
  repositoryRoot: string;
  /** Present for actions fetched from a repository. */
  remote?: { repository: string; path: string; ref: string; sha: string };
}

export interface ResolveContext {
  /** The job's workspace: `./` actions are looked up in it, at the moment the step starts. */
  workspace: string;
  /** Root of the repository that holds the file with this `uses:`; `$/` refers to it. */
  ownRepository: string;
  /**
   * The job's own folder for actions. A remote action is copied into it as `<owner>/<repo>/<ref>`,
   * so that what it writes beside itself stays in this job. Absent: the action is used where it is cached.
   */
  actionsDirectory?: string;
  /** The workflow file that the job is written in; decides whether the lockfile must know the action. */
  workflowPath?: string;
}

export interface PrepareOptions {
  /** As in {@link ResolveContext}. */
  workflowPath?: string;
}

/** Finds actions: local ones in the workspace, remote ones by git through a commit-addressed cache. */
export interface ActionStore {
  /**
   * Everything remote that the job will need, before its first step (nested composites included),
   * so that a missing action fails the job early and downloads overlap.
   * @throws ActionError naming the `uses:` that failed.
   */
  prepare(uses: string[], signal: AbortSignal, options?: PrepareOptions): Promise<void>;
  /** @throws ActionError */
  resolve(uses: string, context: ResolveContext, signal: AbortSignal): Promise<ResolvedAction>;
}
