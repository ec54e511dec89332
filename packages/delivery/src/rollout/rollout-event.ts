import type { Measurement } from '../analysis/measurement.ts';

/** What has happened to a rollout. All times are milliseconds since 1970. */
export type RolloutEvent =
  /** No other rollout has the environment. */
  | { kind: 'rollout.admitted'; atMs: number }
  /** Approval, wait timer, windows and policy allow it. */
  | { kind: 'gates.passed'; atMs: number }
  /** Policy refuses it, or its approval has expired. */
  | { kind: 'gates.refused'; atMs: number; reason: string }
  /** The intent is written; the act begins now. */
  | { kind: 'act.begun'; atMs: number; act: string }
  /** `weight` is what a `verify` read. */
  | { kind: 'act.succeeded'; atMs: number; act: string; weight?: number }
  /** `definite`: trying again can't help. */
  | { kind: 'act.failed'; atMs: number; act: string; fault: 'transient' | 'definite'; reason: string }
  /** The target could not be asked how it stands, or did not answer; says nothing of the act. */
  | { kind: 'act.silent'; atMs: number; act: string; reason: string }
  /** The target knows no act of this id: it never began. */
  | { kind: 'act.missing'; atMs: number; act: string }
  | { kind: 'metric.measured'; atMs: number; measurement: Measurement }
  | { kind: 'time.passed'; atMs: number }
  | { kind: 'rollout.paused'; atMs: number; by: string; reason: string }
  | { kind: 'rollout.resumed'; atMs: number }
  | { kind: 'rollout.promoted'; atMs: number; by: string }
  | { kind: 'rollout.aborted'; atMs: number; by: string; reason: string }
  /** A newer deployment takes its place. */
  | { kind: 'rollout.superseded'; atMs: number; by: string }
  | { kind: 'alarm.raised'; atMs: number };

/** What is told of an act. */
export type ActEvent = Extract<RolloutEvent, { act: string }>;
