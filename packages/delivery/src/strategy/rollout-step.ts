/** One thing a rollout does. The steps of a plan are done in order, each once it is certain that the one before holds. */
export type RolloutStep =
  | ResolveStep
  | MigrateStep
  | PlaceStep
  | SmokeStep
  | ShiftStep
  | VerifyStep
  | HoldStep
  | PromotionStep
  | RetireStep;

/** Make sure that the target can get every digest. Nothing has been changed yet. */
export interface ResolveStep {
  kind: 'resolve';
}

/** Run the pending migrations, once. */
export interface MigrateStep {
  kind: 'migrate';
}

/** Start the new revision beside the old one, without production traffic, and wait until it is healthy. */
export interface PlaceStep {
  kind: 'place';
}

export interface SmokeStep {
  kind: 'smoke';
  on: 'test-traffic' | 'production';
}

/** Give the new revision its share. */
export interface ShiftStep {
  kind: 'shift';
  /** Percent of the new revision, 0–100. */
  weight: number;
  by: 'traffic' | 'instances';
}

/** Read back from the target that the share is in force. */
export interface VerifyStep {
  kind: 'verify';
  weight: number;
}

/** Keep the share and watch. */
export interface HoldStep {
  kind: 'hold';
  durationMs: number;
  purpose: 'step' | 'bake';
}

/** Wait for a person. */
export interface PromotionStep {
  kind: 'promotion';
}

/** Scale the old revision down. From here on there is no way back but a deployment of its own. */
export interface RetireStep {
  kind: 'retire';
}
