export { githubLimits, type ReaderLimits } from './limits.ts';
export { assessNeeds } from './needs.ts';
export { type ReadActionOptions, readAction } from './read-action.ts';
export { type ReadWorkflowOptions, readWorkflow } from './read-workflow.ts';
export { type ReaderCode, readerCodes } from './reader-codes.ts';
export {
  type AssessCallsOptions,
  assessReusableWorkflows,
  type CallLimits,
  githubCallLimits,
} from './reusable/assess-calls.ts';
export type { PermissionsPolicy } from './reusable/call-permissions.ts';
