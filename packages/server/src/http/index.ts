export { answerError } from './answer-error.ts';
export { type RunnerRoutesOptions, runnerRoutes } from './runner-routes.ts';
