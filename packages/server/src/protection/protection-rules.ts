import { matchesRef } from '@slipway/delivery/ref-pattern';

/** Where the rules of a repository are. */
export const protectionPath = '.github/branch-protection.yml';

/** What a branch that is protected asks of every change. */
export interface ProtectionRules {
  /** A branch, or a pattern as for environments: `*` is anything but `/`, `**` anything, `?` one character. */
  name: string;
  /** Null: none is. */
  statusChecks: {
    /** The change must be based on the branch as it is. */
    strict: boolean;
    /** Names of jobs, statuses or check runs. */
    contexts: readonly string[];
  } | null;
  /** Null: a change needs no pull request. */
  reviews: {
    approvals: number;
    /** An approval is of the head that was approved, and of no later one. */
    dismissStale: boolean;
    codeOwners: boolean;
  } | null;
  /** False: an administrator may do without checks, reviews and linear history. */
  enforceAdmins: boolean;
  linearHistory: boolean;
  allowForcePushes: boolean;
  allowDeletions: boolean;
}

/** A whole file, in its order. */
export type Protection = readonly ProtectionRules[];

/**
 * Those of a branch: the ones that name it, else the first whose pattern fits, as on GitHub.
 * @param branch without `refs/heads/`
 * @returns null: the branch is not protected
 */
export function rulesFor(protection: Protection, branch: string): ProtectionRules | null {
  const named = protection.find(({ name }) => name === branch);
  return named ?? protection.find(({ name }) => matchesRef(name, branch)) ?? null;
}
