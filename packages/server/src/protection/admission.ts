import type { Missing } from './assess-merge.ts';
import type { ProtectionRules } from './protection-rules.ts';

/** Whether somebody may do what a protected branch has rules for. */
export type Admission =
  | { kind: 'allowed' }
  /** An administrator goes without; it is written down. */
  | { kind: 'bypassed'; missing: readonly Missing[] }
  | { kind: 'refused'; missing: readonly Missing[] };

/**
 * Administrators are let through where the rules don't hold for them; force pushes and deletions are refused to everybody, as on GitHub.
 * @param mayBypass the one who asks is an administrator, and means to
 */
export function admit(
  rules: Pick<ProtectionRules, 'enforceAdmins'>,
  { missing, mayBypass }: { missing: readonly Missing[]; mayBypass: boolean },
): Admission {
  if (missing.length === 0) return { kind: 'allowed' };
  const isForAll = missing.some(({ kind }) => kind === 'force-push' || kind === 'deletion');
  return { kind: mayBypass && !rules.enforceAdmins && !isForAll ? 'bypassed' : 'refused', missing };
}
