export { ActionError, type ActionErrorCode } from './action-error.ts';
export type { ActionStore } from './action-store.ts';
export { type ActionStoreOptions, createActionStore, type RemoteActionStore } from './create-action-store.ts';
