/** What people and programs say of commits: statuses and check runs. */
export * from './check-runs.ts';
export * from './commit-statuses.ts';
