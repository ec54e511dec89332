export { answerError } from './answer-error.ts';
export type { RunnerAccess } from './runner-access.ts';
export { type RunnerRoutesOptions, runnerRoutes } from './runner-routes.ts';
