export { ActionError, type ActionErrorCode } from './action-error.ts';
export type { ActionStore } from './action-store.ts';
export { type ActionStoreOptions, createActionStore, type RemoteActionStore } from './create-action-store.ts';
export { type LockOptions, type LockResult, lockActions } from './lock-actions.ts';
export { type ActionKnowledge, createActionLookup, type LookUpAction } from './look-up-actions.ts';
export { createGithubIds, type GithubApiOptions, type RepositoryIds } from './repository-ids.ts';
