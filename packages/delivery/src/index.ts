export type * from './analysis/analysis-rules.ts';
export { assessAnalysis, type MetricVerdict, type Verdict } from './analysis/assess-analysis.ts';
export type { Measurement, MeasurementOutcome } from './analysis/measurement.ts';
export type * from './config/delivery-config.ts';
export { readDeliveryConfig } from './config/read-delivery-config.ts';
export { readDuration } from './config/value-forms.ts';
export type * from './diagnostic.ts';
export { type DoraFigures, doraFigures, type EndedDeployment } from './figures/dora.ts';
export {
  type Channel,
  type EmailChannel,
  hears,
  type NoticeTopic,
  noticeTopics,
  type SlackChannel,
  type SlackWebhookChannel,
  type WebhookChannel,
} from './notifications/channel.ts';
export { assessTurn, type Contender, type Turn } from './plan/assess-turn.ts';
export type { ComponentChange, DeploymentPlan, PlacedComponent, Placement } from './plan/deployment-plan.ts';
export type { PendingMigration } from './plan/migration.ts';
export { type DeploymentRequest, planDeployment } from './plan/plan-deployment.ts';
export { planDifferences } from './plan/plan-differences.ts';
export { planHash } from './plan/plan-hash.ts';
export { type PastDeployment, planUndo, type Undo } from './plan/plan-undo.ts';
export { instancesOf } from './plan/wanted-instances.ts';
export { type Approval, type ApprovalRefusal, refusalOf } from './policy/approval.ts';
export { assessGates, type GateAssessment, type GateFacts } from './policy/assess-gates.ts';
export type { PolicyFinding } from './policy/policy-finding.ts';
export { admitsRef } from './policy/ref-pattern.ts';
export {
  assessRelease,
  type ReleaseAssessment,
  type ReleaseClaim,
  type ReleaseFinding,
  type ReleaseFindingCode,
} from './release/assess-release.ts';
export {
  type Artifact,
  type ArtifactReading,
  type Digest,
  formatArtifact,
  isDigest,
  readArtifact,
} from './release/digest.ts';
export {
  type Evidence,
  type JobStatement,
  type Severity,
  type Statement,
  severities,
} from './release/evidence.ts';
export { type Release, runsTheSame } from './release/release.ts';
export { versionTag } from './release/version-tag.ts';
export type { Act, ActTask } from './rollout/act.ts';
export { describeStep, describeTask, durationText, narrate, sayCause } from './rollout/narrate.ts';
export { nextActions, type RolloutAction } from './rollout/next-actions.ts';
export type { ActEvent, RolloutEvent } from './rollout/rollout-event.ts';
export type { RolloutPlan } from './rollout/rollout-plan.ts';
export { type Cause, isEnded, type RolloutState } from './rollout/rollout-state.ts';
export { transition } from './rollout/transition.ts';
export { type Instances, instancesFor } from './strategy/rolling-batches.ts';
export type { RolloutStep } from './strategy/rollout-step.ts';
export type { Strategy } from './strategy/strategy.ts';
export { type Closure, closedAt } from './windows/closed-at.ts';
export type { ClosedWindow, FreezePolicy } from './windows/window.ts';
