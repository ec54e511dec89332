export type { JobScope } from './job-scope.ts';
export { type ResultsServer, serveResults } from './serve-results.ts';
