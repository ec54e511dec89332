import type { Missing } from './assess-merge.ts';

const states = {
  failure: 'failed',
  cancelled: 'was cancelled',
  skipped: 'was skipped, which is not a pass',
  pending: 'is not finished',
  held: 'waits for approval to run',
  missing: 'has not run',
} as const;
const mostFiles = 3;

/** A rule that is not kept, as one sentence. */
export function describeMissing(missing: Missing): string {
  switch (missing.kind) {
    case 'check':
      return `The required check “${missing.context}” ${states[missing.state]}.`;
    case 'behind':
      return 'It is not up to date with the branch: merge or rebase it first.';
    case 'pull-request':
      return 'Changes must come as a pull request.';
    case 'approvals':
      return `It has ${missing.have} of ${missing.need} approvals that are needed.`;
    case 'changes-requested':
      return `Changes are requested by ${missing.by.join(', ')}.`;
    case 'code-owners':
      return `${filesText(missing.files)} ${missing.files.length === 1 ? 'needs' : 'need'} the approval of ${ownersText(missing.owners)}.`;
    case 'linear-history':
      return 'The history must stay linear: merge commits are not allowed.';
    case 'force-push':
      return 'Force pushes are not allowed.';
    case 'deletion':
      return 'The branch must not be deleted.';
    default:
      return missing satisfies never;
  }
}

function filesText(files: readonly string[]): string {
  const shown = files.slice(0, mostFiles).join(', ');
  return files.length <= mostFiles ? shown : `${shown} and ${files.length - mostFiles} more`;
}

/** A team has no members here: only names can approve. */
function ownersText(owners: readonly string[]): string {
  const names = owners.filter((owner) => /^@[^/]+$/.test(owner));
  if (names.length > 0) return names.join(' or ');
  return `${owners.join(' or ')}, whom this server does not know: CODEOWNERS must name users`;
}
