/** The rules of the reference pipeline, as its file has them. */
export const contexts = [
  'Lint & Format Check',
  'Type Check',
  'Unit Tests',
  'Integration Tests',
  'Security Scan',
] as const;

export function referenceRules({ enforceAdmins = true } = {}): Record<string, string> {
  return {
    '.github/branch-protection.yml': `# .github/branch-protection.yml
branches:
  - name: main
    protection:
      required_status_checks:
        strict: true
        contexts:
${contexts.map((context) => `          - "${context}"`).join('\n')}
      required_pull_request_reviews:
        required_approving_review_count: 1
        dismiss_stale_reviews: true
      enforce_admins: ${enforceAdmins}
      required_linear_history: true
`,
  };
}
