import type { ProtectionPlanAnswer } from '@slipway/contracts/api/pull-requests';
import type { ProtectionRules } from './protection-rules.ts';

/**
 * What GitHub answers of a protected branch, as far as it is looked at. What the file does not speak of is sent back as it was: GitHub takes
 * what is left out for a wish to remove it.
 * @see https://docs.github.com/en/rest/branches/branch-protection#get-branch-protection
 */
export interface GithubProtection {
  required_status_checks?: { strict?: boolean; contexts?: string[] } | null;
  required_pull_request_reviews?: {
    required_approving_review_count?: number;
    dismiss_stale_reviews?: boolean;
    require_code_owner_reviews?: boolean;
    require_last_push_approval?: boolean;
    dismissal_restrictions?: Actors;
    bypass_pull_request_allowances?: Actors;
  } | null;
  restrictions?: Actors | null;
  enforce_admins?: Flag;
  required_linear_history?: Flag;
  allow_force_pushes?: Flag;
  allow_deletions?: Flag;
  required_conversation_resolution?: Flag;
  block_creations?: Flag;
  lock_branch?: Flag;
  allow_fork_syncing?: Flag;
}

type Flag = { enabled: boolean };

interface Actors {
  users?: { login: string }[];
  teams?: { slug: string }[];
  apps?: { slug: string }[];
}

type BranchPlan = ProtectionPlanAnswer['branches'][number];

/** How GitHub's protection of a branch differs from the file. Null: it is not protected there. */
export function planGithubProtection(rules: ProtectionRules, known: GithubProtection | null): BranchPlan {
  const wanted = shownOf(rules);
  const current = known === null ? {} : shownOfGithub(known);
  const changes = Object.entries(wanted).flatMap(([rule, to]) => {
    const from = (current as Partial<typeof wanted>)[rule as keyof typeof wanted] ?? null;
    return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ rule, from, to }];
  });
  if (known === null) return { name: rules.name, kind: 'create', changes };
  return { name: rules.name, kind: changes.length === 0 ? 'same' : 'change', changes };
}

/** The body of the request that makes GitHub protect a branch as the file says. */
export function githubProtectionBody(rules: ProtectionRules, known: GithubProtection | null): object {
  const { reviews, statusChecks } = rules;
  const before = known?.required_pull_request_reviews ?? null;
  const flag = (name: keyof GithubProtection) => (known?.[name] as Flag | undefined)?.enabled ?? false;
  return {
    required_status_checks: statusChecks,
    enforce_admins: rules.enforceAdmins,
    required_pull_request_reviews: reviews && {
      required_approving_review_count: reviews.approvals,
      dismiss_stale_reviews: reviews.dismissStale,
      require_code_owner_reviews: reviews.codeOwners,
      require_last_push_approval: before?.require_last_push_approval ?? false,
      ...(before?.dismissal_restrictions && {
        dismissal_restrictions: namesOf(before.dismissal_restrictions),
      }),
      ...(before?.bypass_pull_request_allowances && {
        bypass_pull_request_allowances: namesOf(before.bypass_pull_request_allowances),
      }),
    },
    restrictions: known?.restrictions ? namesOf(known.restrictions) : null,
    required_linear_history: rules.linearHistory,
    allow_force_pushes: rules.allowForcePushes,
    allow_deletions: rules.allowDeletions,
    required_conversation_resolution: flag('required_conversation_resolution'),
    block_creations: flag('block_creations'),
    lock_branch: flag('lock_branch'),
    allow_fork_syncing: flag('allow_fork_syncing'),
  };
}

function namesOf({ users = [], teams = [], apps = [] }: Actors): object {
  return {
    users: users.map(({ login }) => login),
    teams: teams.map(({ slug }) => slug),
    apps: apps.map(({ slug }) => slug),
  };
}

/** By the keys of the file, so that people find them there. */
function shownOf(rules: ProtectionRules) {
  const { statusChecks, reviews } = rules;
  return {
    'required_status_checks.strict': statusChecks?.strict ?? null,
    'required_status_checks.contexts': statusChecks?.contexts.toSorted() ?? null,
    required_approving_review_count: reviews?.approvals ?? null,
    dismiss_stale_reviews: reviews?.dismissStale ?? null,
    require_code_owner_reviews: reviews?.codeOwners ?? null,
    enforce_admins: rules.enforceAdmins,
    required_linear_history: rules.linearHistory,
    allow_force_pushes: rules.allowForcePushes,
    allow_deletions: rules.allowDeletions,
  };
}

function shownOfGithub(known: GithubProtection): ReturnType<typeof shownOf> {
  const { required_status_checks: checks, required_pull_request_reviews: reviews } = known;
  return shownOf({
    name: '',
    statusChecks: checks ? { strict: checks.strict ?? false, contexts: checks.contexts ?? [] } : null,
    reviews: reviews
      ? {
          approvals: reviews.required_approving_review_count ?? 0,
          dismissStale: reviews.dismiss_stale_reviews ?? false,
          codeOwners: reviews.require_code_owner_reviews ?? false,
        }
      : null,
    enforceAdmins: known.enforce_admins?.enabled ?? false,
    linearHistory: known.required_linear_history?.enabled ?? false,
    allowForcePushes: known.allow_force_pushes?.enabled ?? false,
    allowDeletions: known.allow_deletions?.enabled ?? false,
  });
}
