import { z } from 'zod';
import { diagnosticSchema } from './diagnostic.ts';

/** Pull requests of hosted repositories, what protected branches ask of them, and runs that wait for approval. */
const time = z.number().int();
const branch = z.string().regex(/^(?!-)[^\s~^:?*[\\]{1,200}$/, 'no name of a branch');
const sha = z.string().regex(/^[0-9a-f]{40}$/, 'no whole name of a commit');
const title = z.string().trim().min(1).max(500);
const body = z.string().max(65_536);

export const mergeMethods = ['merge', 'squash', 'rebase'] as const;
export type MergeMethod = (typeof mergeMethods)[number];

export const newPullRequestSchema = z.strictObject({
  title,
  body: body.default(''),
  /** Branch with the change. */
  head: branch,
  /** Branch that it is to get into; default: the default branch. */
  base: branch.optional(),
  draft: z.boolean().default(false),
});

/** What is left out stays as it is. */
export const pullRequestChangeSchema = z.strictObject({
  title: title.optional(),
  body: body.optional(),
  base: branch.optional(),
  draft: z.boolean().optional(),
  state: z.enum(['open', 'closed']).optional(),
});

export const pullRequestFilterSchema = z.strictObject({
  state: z.enum(['open', 'closed', 'merged', 'all']).default('open'),
  head: branch.optional(),
  base: branch.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
  /** `next` of the page before. */
  cursor: z.coerce.number().int().positive().optional(),
});

export const newReviewSchema = z.strictObject({
  verdict: z.enum(['approved', 'changes-requested', 'commented']),
  body: body.default(''),
  /** The head that was looked at: if there is another one, nothing is said. */
  sha: sha.optional(),
});

export const dismissalSchema = z.strictObject({
  /** Why; kept in the audit log. */
  message: z.string().trim().min(1).max(1000),
});

export const reviewSchema = z.object({
  id: z.number(),
  reviewer: z.string(),
  verdict: z.enum(['approved', 'changes-requested', 'commented']),
  body: z.string(),
  /** The head that was reviewed. */
  headSha: z.string(),
  /** The reviewer may write to the repository: other reviews are for people only. */
  counts: z.boolean(),
  submittedAt: time,
  dismissedAt: time.nullable(),
});
export type ReviewAnswer = z.infer<typeof reviewSchema>;

/** Something that keeps a pull request from its branch. */
const missing = z.object({ kind: z.string(), message: z.string() });

export const pullRequestSchema = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string(),
  author: z.string(),
  /** Its author may not write to the repository: what it starts waits for approval. */
  outside: z.boolean(),
  state: z.enum(['open', 'closed', 'merged']),
  draft: z.boolean(),
  head: z.object({ ref: z.string(), sha: z.string() }),
  base: z.object({ ref: z.string(), sha: z.string() }),
  /** `refs/pull/N/merge`; null: the branches are in conflict. */
  mergeSha: z.string().nullable(),
  createdAt: time,
  updatedAt: time,
  closedAt: time.nullable(),
  mergedAt: time.nullable(),
  mergedBy: z.string().nullable(),
  /** What the base became. */
  mergeCommitSha: z.string().nullable(),
});
export type PullRequestAnswer = z.infer<typeof pullRequestSchema>;

export const pullRequestPageSchema = z.object({
  pullRequests: z.array(pullRequestSchema),
  next: z.number().nullable(),
});
export type PullRequestPage = z.infer<typeof pullRequestPageSchema>;

const heldRun = z.object({
  id: z.number(),
  number: z.number(),
  event: z.string(),
  action: z.string(),
  actor: z.string(),
  headSha: z.string(),
  reason: z.string(),
  heldAt: time,
  state: z.enum(['held', 'approved', 'void']),
  decidedBy: z.string().nullable(),
});
export const heldRunsSchema = z.object({ heldRuns: z.array(heldRun) });
export type HeldRunsAnswer = z.infer<typeof heldRunsSchema>;

export const pullRequestDetailSchema = pullRequestSchema.extend({
  reviews: z.array(reviewSchema),
  checks: z.array(z.object({ context: z.string(), state: z.string(), required: z.boolean() })),
  /** The rules of its base that are not kept, for a merge by squashing. */
  missing: z.array(missing),
  heldRuns: z.array(heldRun),
});
export type PullRequestDetail = z.infer<typeof pullRequestDetailSchema>;

export const mergeSchema = z.strictObject({
  method: z.enum(mergeMethods).default('merge'),
  /** The head that is meant: if there is another one, nothing is merged. */
  sha: sha.optional(),
  /** Of the commit; the first line is its subject. Default: from the pull request. */
  message: body.min(1).optional(),
  /** As an administrator, where the rules don't hold for them: without what is missing. */
  bypass: z.boolean().default(false),
});

export const approveRunsSchema = z.strictObject({
  /** The head whose runs are approved. */
  sha,
});

export const protectionRulesSchema = z.object({
  name: z.string(),
  statusChecks: z.object({ strict: z.boolean(), contexts: z.array(z.string()) }).nullable(),
  reviews: z.object({ approvals: z.number(), dismissStale: z.boolean(), codeOwners: z.boolean() }).nullable(),
  enforceAdmins: z.boolean(),
  linearHistory: z.boolean(),
  allowForcePushes: z.boolean(),
  allowDeletions: z.boolean(),
});

export const protectionSchema = z.object({
  branches: z.array(protectionRulesSchema),
  /** The commit whose rules are in force; null: there are none. */
  sha: z.string().nullable(),
  /** What is wrong with the file as it is now: then older rules are in force. */
  diagnostics: z.array(diagnosticSchema),
});
export type ProtectionAnswer = z.infer<typeof protectionSchema>;

/** What GitHub has and what the file says, of one branch. */
export const protectionPlanSchema = z.object({
  branches: z.array(
    z.object({
      name: z.string(),
      /** `pattern`: GitHub's REST interface protects branches that there are, not patterns. */
      kind: z.enum(['same', 'change', 'create', 'unknown-branch', 'pattern']),
      changes: z.array(z.object({ rule: z.string(), from: z.unknown(), to: z.unknown() })),
    }),
  ),
  applied: z.boolean(),
});
export type ProtectionPlanAnswer = z.infer<typeof protectionPlanSchema>;
