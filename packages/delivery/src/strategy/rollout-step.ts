import type { Instances } from './rolling-batches.ts';

/** One thing a rollout does. The steps of a plan are done in order, each once it is certain that the one before holds. */
export type RolloutStep =
  | ResolveStep
  | MigrateStep
  | PlaceStep
  | ScaleStep
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

/** Start instances of the new revision beside the old one, and wait until they are healthy. It gets no more traffic by this. */
export interface PlaceStep {
  kind: 'place';
  /** How many are to run then; absent: all. */
  instances?: Instances;
}

/** Bring the old revision to a part of its instances: drain and end those that are over, start those that are missing. */
export interface ScaleStep {
  kind: 'scale';
  /** 0–100; of each component it is rounded up. */
  percent: number;
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
