import type { MeasurementOutcome } from '@slipway/delivery';
import type { Measure } from './controller/rollout-controller.ts';
import type { DeliverySources } from './delivery-sources.ts';
import { lastCompleted, revisionOf } from './deployments.ts';

/** A provider that is silent for longer has failed. */
const answerWithinMs = 20_000;

/** Asks the metric providers that the environment's target and its options name. */
export function measureWith(sources: DeliverySources): Measure {
  return async ({ deployment, provider, query, windowMs }): Promise<MeasurementOutcome> => {
    try {
      const { project, environment, plan } = deployment;
      const previous = await lastCompleted(sources.store, deployment);
      const metrics = await sources.targets.metrics(
        { project, environment, target: plan.placement.target },
        provider,
      );
      return await metrics.measure({
        query,
        revision: revisionOf(deployment),
        baseline: previous && revisionOf(previous),
        windowMs,
        signal: AbortSignal.timeout(answerWithinMs),
      });
    } catch (error) {
      return { kind: 'error', message: error instanceof Error ? error.message : String(error) };
    }
  };
}
