export { assessTrigger } from './assess-trigger.ts';
export { assessCron, assessTimezone } from './cron.ts';
export {
  type DispatchInputs,
  type DispatchOptions,
  resolveDispatchInputs,
  withDispatchInputs,
} from './dispatch-inputs.ts';
export type { EventFacts, Payload, TriggerVerdict } from './event-facts.ts';
export { eventRunsOn, readEventName } from './event-table.ts';
export { buildGithubContext, type GithubContextOptions } from './github-context.ts';
export { buildLocalEvent, type LocalEventOptions } from './payload/build-local-event.ts';
export { steadyNumber } from './payload/common-objects.ts';
export { type FollowedRun, workflowRunPayloadOf } from './payload/followed-run.ts';
export type { CommitFacts, PersonFacts, RepositoryFacts } from './payload/repository-facts.ts';
