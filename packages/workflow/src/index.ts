export type * from './expressions/value.ts';
export type * from './job-request.ts';
export type * from './model/action.ts';
export type * from './model/diagnostic.ts';
export { nearestName } from './model/nearest-name.ts';
export type * from './model/template.ts';
export type * from './model/workflow.ts';
