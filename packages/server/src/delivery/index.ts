export { openFileBlobStore } from '../blobs/blob-store.ts';
export { tidyBundles } from './bundle-retention.ts';
export { keepBundle, missingBundles, openBundle } from './bundles.ts';
export {
  type Measure,
  type RolloutController,
  type RolloutControllerOptions,
  startRolloutController,
} from './controller/rollout-controller.ts';
export { createRelease } from './create-release.ts';
export type {
  DeliverySources,
  DeploymentApprovals,
  Repository,
  TargetPlace,
  Targets,
} from './delivery-sources.ts';
export {
  deploymentAnswer,
  deploymentDetail,
  environmentAnswer,
  listEnvironments,
  readDeploymentEvents,
} from './deployment-answers.ts';
export { type DeploymentRow, findDeployment, listDeployments, revisionOf } from './deployments.ts';
export { knownPlace } from './known-place.ts';
export {
  type LocalDelivery,
  type LocalDeliveryOptions,
  localRepository,
  openLocalDelivery,
} from './local-delivery.ts';
export { measureWith } from './measure.ts';
export type { TargetHost } from './open-targets.ts';
export { openTargets } from './open-targets.ts';
export { environmentIn, readConfigAt } from './read-config.ts';
export { readDora } from './read-dora.ts';
export { registerPlan } from './register-plan.ts';
export { addEvidence, findRelease, listReleases, releaseAnswer } from './releases.ts';
export { requestDeployment } from './request-deployment.ts';
export { requestRollback } from './request-rollback.ts';
export { clearFreeze, requireDeployment, sayWord } from './say-word.ts';
