import type { Permission, Role } from './permission.ts';

/** Who asks, as the server found out by what was shown to it. */
export type Principal = Person | Job | RunnerMachine;

/** A user, by a token or a browser session. */
export interface Person {
  kind: 'person';
  /** Lower case; names the user in runs, approvals and the audit log. */
  name: string;
  /** In every project, and of the server itself. */
  isServerAdmin: boolean;
  /** By project, `owner/name` in lower case. */
  roles: Readonly<Record<string, Role>>;
  /** What the token is limited to; null: whatever the user may do. */
  scopes: readonly Permission[] | null;
}

/** A job that runs, by its GITHUB_TOKEN. */
export interface Job {
  kind: 'job';
  jobId: number;
  runId: number;
  /** `owner/name`; the token is good for no other. */
  project: string;
  /** Who started the run. */
  actor: string;
  /** By GitHub's name, e.g. `contents`; what is not named is not allowed. */
  permissions: Readonly<Record<string, 'read' | 'write'>>;
}

/** Asks for jobs and reports on those that it got, and nothing else. */
export interface RunnerMachine {
  kind: 'runner';
  name: string;
}
