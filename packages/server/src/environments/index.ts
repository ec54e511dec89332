/** Environments of a project: where they are defined and what their rules are. */
export { deliveryFileName } from './delivery-file.ts';
export { type EnvironmentRules, environmentKey, findEnvironment } from './environment-rules.ts';
export { type ProjectEnvironments, readEnvironment, readEnvironments } from './read-environments.ts';
