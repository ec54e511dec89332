import {
  collectFindings,
  type Findings,
  type Key,
  type Located,
  list,
  located,
  mapped,
  mapping,
  number,
  openYaml,
  optional,
  required,
  type Schema,
  text,
  truth,
} from '@slipway/delivery/file-schema';
import type { Read } from '@slipway/workflow';
import { isScalar } from 'yaml';
import { type Protection, type ProtectionRules, protectionPath } from './protection-rules.ts';

/**
 * Reads `.github/branch-protection.yml`, whose keys are those of GitHub's REST interface: every mistake with its place and its mend; a
 * value only if there is none.
 * @see https://docs.github.com/en/rest/branches/branch-protection#update-branch-protection
 */
export function readProtection(content: string, path = protectionPath): Read<Protection> {
  const findings = collectFindings(path);
  const opened = openYaml(content, findings);
  const written = opened && fileMapping(opened.root, opened.reading);
  if (written) reportTwice(written.branches, findings);
  const value = written?.branches.map(({ name, protection }) => ({ name: name.value, ...protection }));
  return { value: findings.hasErrors() ? undefined : value, diagnostics: findings.list() };
}

interface WrittenFile {
  branches: { name: Located<string>; protection: Omit<ProtectionRules, 'name'> }[];
}

interface WrittenRules {
  required_status_checks: { strict: boolean; contexts: string[] } | null;
  required_pull_request_reviews: {
    required_approving_review_count: number;
    dismiss_stale_reviews: boolean;
    require_code_owner_reviews: boolean;
    require_last_push_approval: false;
    dismissal_restrictions: false;
    bypass_pull_request_allowances: false;
  } | null;
  enforce_admins: boolean;
  required_linear_history: boolean;
  allow_force_pushes: boolean;
  allow_deletions: boolean;
  required_conversation_resolution: false;
  required_signatures: false;
  restrictions: false;
  block_creations: false;
  lock_branch: false;
}

const reviewMapping = mapping({
  required_approving_review_count: optional(number({ least: 0, most: 6, whole: true }), 1),
  dismiss_stale_reviews: optional(truth, false),
  require_code_owner_reviews: optional(truth, false),
  require_last_push_approval: unsupported(),
  dismissal_restrictions: unsupported(),
  bypass_pull_request_allowances: unsupported(),
});

const rulesMapping = mapping<WrittenRules>({
  required_status_checks: optional(
    orNull(mapping({ strict: optional(truth, false), contexts: required(list(text)) })),
    null,
  ),
  required_pull_request_reviews: optional(orNull(reviewMapping), null),
  enforce_admins: optional(orNull(truth), null) as Key<boolean>,
  required_linear_history: optional(truth, false),
  allow_force_pushes: optional(truth, false),
  allow_deletions: optional(truth, false),
  required_conversation_resolution: unsupported(),
  required_signatures: unsupported(),
  restrictions: unsupported(),
  block_creations: unsupported(),
  lock_branch: unsupported(),
});

const fileMapping = mapping<WrittenFile>({
  branches: required(
    list(
      mapping({ name: required(located(branchName())), protection: required(mapped(rulesMapping, rulesOf)) }),
    ),
  ),
});

function rulesOf(written: WrittenRules): Omit<ProtectionRules, 'name'> {
  const reviews = written.required_pull_request_reviews;
  return {
    statusChecks: written.required_status_checks,
    reviews: reviews && {
      approvals: reviews.required_approving_review_count,
      dismissStale: reviews.dismiss_stale_reviews,
      codeOwners: reviews.require_code_owner_reviews,
    },
    enforceAdmins: written.enforce_admins === true,
    linearHistory: written.required_linear_history,
    allowForcePushes: written.allow_force_pushes,
    allowDeletions: written.allow_deletions,
  };
}

/** As GitHub takes it: null turns a rule off. */
function orNull<T>(schema: Schema<T>): Schema<T | null> {
  return (place, reading) =>
    place.node === null || (isScalar(place.node) && place.node.value === null)
      ? null
      : schema(place, reading);
}

/** GitHub has it, this server does not: a rule that looks as if it were kept must not stand in the file. */
function unsupported(): Key<false> {
  return optional((place, { findings }) => {
    const { node, at, path } = place;
    const isOff = node === null || (isScalar(node) && (node.value === false || node.value === null));
    if (isOff) return false;
    findings.add({
      at,
      code: 'unsupported-key',
      message: `${path} is a rule of GitHub that Slipway does not enforce.`,
      mend: 'Remove it, or set it to false.',
    });
    return undefined;
  }, false);
}

function branchName(): Schema<string> {
  return (place, reading) => {
    const name = text(place, reading);
    if (name === undefined || !/^refs\/|[\s~^:\\]/.test(name)) return name;
    reading.findings.add({
      at: place.at,
      code: 'invalid-value',
      message: `“${name}” is no name of a branch, and no pattern of such.`,
      mend: 'Write it without refs/heads/, e.g. `main` or `release/*`.',
    });
    return undefined;
  };
}

function reportTwice(branches: WrittenFile['branches'], findings: Findings): void {
  for (const [i, { name }] of branches.entries()) {
    if (branches.findIndex((other) => other.name.value === name.value) === i) continue;
    findings.add({
      at: name.at,
      code: 'invalid-value',
      message: `${name.value} has rules already.`,
      mend: 'Put all rules of a branch into one entry.',
    });
  }
}
