export type * from './job-event.ts';
export type * from './run-event.ts';
