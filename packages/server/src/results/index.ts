export type { JobScope } from './job-scope.ts';
export { runtimeVariables } from './runtime-variables.ts';
export { type ResultsServer, serveResults } from './serve-results.ts';
