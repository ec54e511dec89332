import type { ProtectionAnswer, ProtectionPlanAnswer } from '@slipway/contracts/api/pull-requests';
import { plainText } from '../view/control-sequences.ts';

interface Rules extends Omit<ProtectionAnswer['branches'][number], 'statusChecks'> {
  statusChecks: { strict: boolean; contexts: readonly string[] } | null;
}

/** Rules as sentences, a paragraph for each branch. */
export function rulesText(branches: readonly Rules[]): string {
  return branches
    .map(
      (rules) =>
        `${rules.name}\n${linesOf(rules)
          .map((line) => `  ${line}\n`)
          .join('')}`,
    )
    .join('\n');
}

function linesOf({ statusChecks, reviews, ...rules }: Rules): string[] {
  const lines: string[] = [];
  if (reviews === null) lines.push('a change needs no pull request');
  else {
    lines.push(`a change needs a pull request with ${count(reviews.approvals, 'approval')}`);
    if (reviews.dismissStale) lines.push('an approval is of the head that was approved only');
    if (reviews.codeOwners) lines.push('of what somebody owns, one of its owners must approve');
  }
  for (const context of statusChecks?.contexts ?? []) lines.push(`the check “${context}” must have passed`);
  if (statusChecks?.strict) lines.push('it must be up to date with the branch');
  if (rules.linearHistory) lines.push('merge commits are not allowed');
  lines.push(`force pushes are ${rules.allowForcePushes ? '' : 'not '}allowed`);
  lines.push(`the branch may ${rules.allowDeletions ? '' : 'not '}be deleted`);
  lines.push(rules.enforceAdmins ? 'this holds for administrators too' : 'administrators may do without');
  return lines;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** What GitHub has and what it is to have. */
export function planText({ branches, applied }: ProtectionPlanAnswer): string {
  if (branches.length === 0) return 'The file protects no branch.\n';
  return branches.map((branch) => branchText(branch, applied)).join('');
}

function branchText(
  { name, kind, changes }: ProtectionPlanAnswer['branches'][number],
  applied: boolean,
): string {
  switch (kind) {
    case 'same':
      return `${name}: as the file says\n`;
    case 'unknown-branch':
      return `${name}: GitHub has no such branch\n`;
    case 'pattern':
      return `${name}: is a pattern, which the REST interface of GitHub does not take: protect it there by hand\n`;
    case 'create':
    case 'change': {
      const what = kind === 'create' ? 'protected' : 'changed';
      const lines = changes.map(({ rule, from, to }) => `  ${rule}: ${shown(from)} → ${shown(to)}\n`);
      return `${name}: ${applied ? `is ${what}` : `would be ${what}`}\n${lines.join('')}`;
    }
    default:
      return kind satisfies never;
  }
}

function shown(value: unknown): string {
  return plainText(Buffer.from(value === null ? '–' : JSON.stringify(value)));
}
