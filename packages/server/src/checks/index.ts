/** What people and programs say of commits: statuses and check runs. */
export {
  type CheckAnnotation,
  type CheckRun,
  type CheckRunChange,
  type CheckSuite,
  createCheckRun,
  listAnnotations,
  listCheckRuns,
  listCheckSuites,
  type NewCheckAnnotation,
  type NewCheckRun,
  readCheckRun,
  updateCheckRun,
} from './check-runs.ts';
export {
  addCommitStatus,
  type CommitStatus,
  latestCommitStatuses,
  listCommitStatuses,
  type NewCommitStatus,
} from './commit-statuses.ts';
