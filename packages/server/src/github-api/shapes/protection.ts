import type { ProtectionRules } from '../../protection/protection-rules.ts';

/** @see https://docs.github.com/en/rest/branches/branch-protection */
export function protectionShape(url: string, rules: ProtectionRules) {
  const { statusChecks, reviews } = rules;
  return {
    url,
    ...(statusChecks !== null && {
      required_status_checks: {
        url: `${url}/required_status_checks`,
        strict: statusChecks.strict,
        contexts: statusChecks.contexts,
        contexts_url: `${url}/required_status_checks/contexts`,
        checks: statusChecks.contexts.map((context) => ({ context, app_id: null })),
      },
    }),
    ...(reviews !== null && {
      required_pull_request_reviews: {
        url: `${url}/required_pull_request_reviews`,
        dismiss_stale_reviews: reviews.dismissStale,
        require_code_owner_reviews: reviews.codeOwners,
        required_approving_review_count: reviews.approvals,
      },
    }),
    enforce_admins: { url: `${url}/enforce_admins`, enabled: rules.enforceAdmins },
    required_linear_history: { enabled: rules.linearHistory },
    allow_force_pushes: { enabled: rules.allowForcePushes },
    allow_deletions: { enabled: rules.allowDeletions },
  };
}
