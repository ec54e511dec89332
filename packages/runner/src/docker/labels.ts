/** Name of images that are built for one job; the tag begins with the job's tracking id. A label would cost layers. */
export const actionImage = 'slipway-action';

/** The label that every container and network of Slipway's carries: the tracking id of its job. */
export const trackingLabel = 'slipway.tracking-id';

/** The label that a sweep looks for: the tracking prefix of the whole run. */
const runLabel = 'slipway.run';

/** Arguments of `create` and `network create` that label what they make. */
export function labelArguments(trackingId: string): string[] {
  return ['--label', `${trackingLabel}=${trackingId}`, '--label', `${runLabel}=${runOf(trackingId)}`];
}

/** Arguments that list what belongs to a run, `slipway_<runId>`. */
export function runFilter(trackingPrefix: string): string[] {
  return ['--filter', `label=${runLabel}=${trackingPrefix}`];
}

/** `slipway_7_2` is a job of `slipway_7`. */
function runOf(trackingId: string): string {
  return trackingId.slice(0, trackingId.lastIndexOf('_'));
}
