import type { Position } from '../../model/diagnostic.ts';
import type { LintFile } from '../file/lint-file.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import type { TextEdit } from '../text-edit.ts';

export const movingRef: Rule = {
  code: 'moving-ref',
  severity: 'warning',
  why: 'A branch or tag can be moved to other code at any time: in March 2026 76 of 77 tags of one action were.',
  mend: 'Pin the full commit sha, with the version in a comment: `owner/name@<40 hex digits> # v1.2.3`.',
  judgesActions: true,
  *check(file) {
    for (const [uses, places] of placesByUses(file)) yield* judge(file, uses, places);
  },
};

/** A file that uses an action often is told so once, and mended everywhere. */
function placesByUses({ workflow }: LintFile): Map<string, Position[]> {
  const places = new Map<string, Position[]>();
  const add = (uses: string, at: Position) => places.set(uses, [...(places.get(uses) ?? []), at]);
  for (const job of workflow.jobs) {
    if (job.kind === 'reusable') add(job.uses, job.usesAt);
    for (const step of job.kind === 'job' ? job.steps : []) {
      if (step.kind === 'action') add(step.uses, step.usesAt);
    }
  }
  return places;
}

function judge(file: LintFile, uses: string, places: Position[]): RuleFinding[] {
  const [at] = places;
  if (!at || /^(?:\.|\$\/|docker:)/.test(uses) || comesWithSlipway.test(uses)) return [];
  const [name = '', ref = ''] = uses.split('@');
  if (ref === '' || /^[0-9a-f]{40}$/i.test(ref) || file.isLocked?.(uses)) return [];
  const kind = /^v?\d/.test(ref) ? 'a tag, which can be moved' : 'a branch, which moves';
  const often = places.length > 1 ? `; it is used ${places.length} times here` : '';
  const message = `\`${uses}\` follows ${kind}${often}.`;
  const commit = file.pin?.(uses);
  if (!commit) return [{ at, message }];
  const pinned = `${name}@${commit.sha}`;
  const pin = { uses, pinned, version: commit.version ?? ref };
  const fix = places.flatMap((place) => fixOf(file, place, pin));
  return [{ at, message, mend: `Pin \`${pinned}\`.`, ...(fix.length > 0 ? { fix } : {}) }];
}

/** These are never fetched; see `packages/runner/src/actions/built-in-actions.ts`. */
const comesWithSlipway = /^slipway-ci\/slipway\/actions\/[^/@]+@v1$/i;

interface Pin {
  uses: string;
  pinned: string;
  version: string;
}

/** The version goes behind it as a comment, unless there is one already. */
function fixOf({ lines }: LintFile, at: Position, { uses, pinned, version }: Pin): TextEdit[] {
  const rest = (lines[at.line - 1] ?? '').slice(at.column - 1);
  if (!rest.startsWith(uses)) return [];
  const isLast = rest.trimEnd() === uses;
  const end = { line: at.line, column: at.column + uses.length };
  return [{ start: at, end, text: isLast ? `${pinned} # ${version}` : pinned }];
}
