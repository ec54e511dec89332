import { z } from 'zod';
import { attestationBundleSchema } from '../attestation.ts';

const time = z.number().int();
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'sha256: and 64 lower-case hexadecimal digits');
const name = z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/, 'letters, digits, dashes, dots, underscores');
const reason = z.string().trim().min(1).max(2000);
/** Id, tag, commit or `latest`. */
const releaseReference = z.string().min(1).max(200);

export const digestSchema = digest;
export const environmentNameSchema = name;

const count = z.number().int().min(0);

export const evidenceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('tests'),
    name: z.string().min(1).max(100),
    conclusion: z.enum(['success', 'failure', 'cancelled', 'skipped']),
  }),
  z.strictObject({
    kind: z.literal('scan'),
    scanner: z.string().min(1).max(100),
    digest,
    findings: z.strictObject({ critical: count, high: count, medium: count, low: count }),
  }),
  z.strictObject({ kind: z.literal('sbom'), digest, format: z.enum(['spdx', 'cyclonedx']) }),
  z.strictObject({
    kind: z.literal('provenance'),
    digest,
    commit: z.string().max(64),
    builder: z.string().min(1).max(2000),
  }),
]);
export type EvidenceBody = z.infer<typeof evidenceSchema>;

/** Who stated it, as the server knows it. */
export const statementSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('job'),
    runId: z.number().int(),
    attempt: z.number().int(),
    job: z.string(),
    workflow: z.string(),
    ref: z.string(),
    commit: z.string(),
    url: z.string().nullable(),
  }),
  z.object({ kind: z.literal('person'), by: z.string() }),
]);

const keptEvidenceSchema = z.intersection(evidenceSchema, z.object({ statedBy: statementSchema.optional() }));

export const newReleaseSchema = z.strictObject({
  /** Any name of a commit that git knows; it is kept as the full id. */
  commit: z.string().min(1).max(200),
  /** Default: the default branch, or the branch of the run whose job asks. */
  ref: z
    .string()
    .regex(/^refs\/(?:heads|tags)\/.{1,200}$/, 'refs/heads/… or refs/tags/…')
    .optional(),
  /** Default: what `git describe --tags --always` says. */
  version: z.string().min(1).max(200).optional(),
  /** When it was built, which the tag names; default: now. What the build has pushed under the tag of that time is then found by the release's. */
  builtAt: time.positive().optional(),
  /** `sha256:…` or `repository@sha256:…` by component. */
  components: z.record(name, z.string().max(1000)),
  evidence: z.array(evidenceSchema).max(500).default([]),
});
export type NewReleaseBody = z.input<typeof newReleaseSchema>;

export const addedEvidenceSchema = z.strictObject({ evidence: z.array(evidenceSchema).min(1).max(500) });

export const releaseSchema = z.object({
  id: z.number().int(),
  project: z.string(),
  tag: z.string(),
  version: z.string(),
  commit: z.string(),
  ordinal: z.number().int(),
  ref: z.string(),
  components: z.record(z.string(), z.string()),
  evidence: z.array(keptEvidenceSchema),
  createdBy: z.string(),
  runId: z.number().int().nullable(),
  createdAt: time,
});
export type ReleaseAnswer = z.infer<typeof releaseSchema>;

/** What the server has signed about a release. */
export const attestationsSchema = z.object({
  release: z.object({ tag: z.string(), commit: z.string(), components: z.record(z.string(), z.string()) }),
  attestations: z.array(
    z.object({ component: z.string(), digest: z.string(), bundle: attestationBundleSchema }),
  ),
});
export type AttestationsAnswer = z.infer<typeof attestationsSchema>;

const haste = z.enum(['none', 'urgent', 'rollback']);

export const planRequestSchema = z.strictObject({
  environment: name,
  release: releaseReference,
  /** `urgent` passes peak hours, never a freeze. */
  haste: z.enum(['none', 'urgent']).default('none'),
});
export type PlanRequestBody = z.input<typeof planRequestSchema>;

/** A DeploymentPlan of `@slipway/delivery`. */
const plan = z.record(z.string(), z.unknown());

export const planSchema = z.object({ planHash: z.string(), plan });

export const newDeploymentSchema = planRequestSchema.extend({
  /** Only this plan may be carried out. Default: the one that the run registered, else one that is made now. */
  planHash: z.string().length(64).optional(),
});
export type NewDeploymentBody = z.input<typeof newDeploymentSchema>;

export const rollbackSchema = z.strictObject({
  environment: name,
  /** Default: the release that completed before the one that runs. */
  to: releaseReference.optional(),
});
export type RollbackBody = z.input<typeof rollbackSchema>;

export const wordSchema = z.strictObject({ reason: reason.optional() });

const cause = z.object({
  kind: z.string(),
  reason: z.string(),
  by: z.string().optional(),
  /** The evidence of an analysis. */
  verdict: z.unknown().optional(),
});

export const deploymentSchema = z.object({
  id: z.number().int(),
  project: z.string(),
  environment: z.string(),
  release: z.object({ id: z.number().int(), tag: z.string(), commit: z.string() }),
  haste,
  requestedBy: z.string(),
  requestedAt: time,
  runId: z.number().int().nullable(),
  planHash: z.string(),
  /** `kind` of its RolloutState, e.g. `acting` or `completed`. */
  state: z.string(),
  isEnded: z.boolean(),
  /** Where it stands; null before it starts and after it has ended. */
  step: z.object({ index: z.number().int(), count: z.number().int(), text: z.string() }).nullable(),
  /** Percent of the traffic that the target said the new revision has, at last. */
  weight: z.number().nullable(),
  /** Why it does not go on yet. */
  waiting: z.string().nullable(),
  /** Why it did not complete. */
  cause: cause.nullable(),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
});
export type DeploymentAnswer = z.infer<typeof deploymentSchema>;

export const rollbackAnswerSchema = z.object({
  /** `aborted`: what was under way is taken back, and what served before it serves on. */
  kind: z.enum(['aborted', 'requested']),
  deployment: deploymentSchema,
});
export type RollbackAnswer = z.infer<typeof rollbackAnswerSchema>;

export const deploymentDetailSchema = deploymentSchema.extend({ plan });
export type DeploymentDetail = z.infer<typeof deploymentDetailSchema>;

export const deploymentEventSchema = z.object({
  id: z.number().int(),
  at: time,
  kind: z.string(),
  /** What it was and where it led, in sentences. */
  lines: z.array(z.string()),
  /** Of the rollout after it. */
  state: z.string(),
  weight: z.number().nullable(),
  /** RolloutEvent, or null of a note. */
  event: z.record(z.string(), z.unknown()).nullable(),
});
export type DeploymentEventAnswer = z.infer<typeof deploymentEventSchema>;

export const driftSchema = z.object({
  /** Sentences, one for each difference. */
  findings: z.array(z.string()),
  seenAt: time,
});

export const rolloutEnvironmentSchema = z.object({
  project: z.string(),
  name: z.string(),
  /** What completed here last. */
  release: z.object({ id: z.number().int(), tag: z.string(), commit: z.string() }).nullable(),
  deploymentId: z.number().int().nullable(),
  /** A deployment that is not ended. */
  active: z.number().int().nullable(),
  frozen: z.string().nullable(),
  drift: driftSchema.nullable(),
  observedAt: time.nullable(),
});
export type RolloutEnvironmentAnswer = z.infer<typeof rolloutEnvironmentSchema>;

export const unfreezeSchema = z.strictObject({ reason });

const duration = z.number().nullable();
export const doraSchema = z.object({
  environment: z.string(),
  days: z.number().int(),
  deployments: z.number().int(),
  /** Completed deployments a day. */
  frequencyPerDay: z.number(),
  /** Median from the commit to its completion; null: there is none. */
  leadTimeMs: duration,
  /** Share of the deployments that failed or were taken back, 0–1; null: there is none. */
  changeFailureRate: z.number().nullable(),
  failures: z.number().int(),
  /** Median from a failure to the next time that all was well; null: there is none. */
  timeToRestoreMs: duration,
});
export type DoraAnswer = z.infer<typeof doraSchema>;
