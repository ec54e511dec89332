export { githubLimits, type ReaderLimits } from './limits.ts';
export { assessNeeds } from './needs.ts';
export { type ReadActionOptions, readAction } from './read-action.ts';
export { type ReadWorkflowOptions, readWorkflow } from './read-workflow.ts';
export { type ReaderCode, readerCodes } from './reader-codes.ts';
