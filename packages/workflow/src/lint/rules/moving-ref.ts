import type { Position } from '../../model/diagnostic.ts';
import type { LintFile } from '../file/lint-file.ts';
import type { Rule, RuleFinding } from '../rule.ts';

export const movingRef: Rule = {
  code: 'moving-ref',
  severity: 'warning',
  why: 'A branch or tag can be moved to other code at any time: in March 2026 76 of 77 tags of one action were.',
  mend: 'Pin the full commit sha, with the version in a comment: `owner/name@<40 hex digits> # v1.2.3`.',
  *check(file) {
    for (const job of file.workflow.jobs) {
      if (job.kind === 'reusable') yield* judge(file, job.uses, job.usesAt);
      for (const step of job.kind === 'job' ? job.steps : []) {
        if (step.kind === 'action') yield* judge(file, step.uses, step.usesAt);
      }
    }
  },
};

function judge(file: LintFile, uses: string, at: Position): RuleFinding[] {
  if (/^(?:\.|\$\/|docker:)/.test(uses)) return [];
  const [name = '', ref = ''] = uses.split('@');
  if (ref === '' || /^[0-9a-f]{40}$/i.test(ref)) return [];
  const pin = file.pin?.(uses);
  const kind = /^v?\d/.test(ref) ? 'a tag, which can be moved' : 'a branch, which moves';
  return [
    {
      at,
      message: `\`${uses}\` follows ${kind}.`,
      ...(pin
        ? {
            mend: `Pin \`${name}@${pin.sha}\`.`,
            ...fixOf(file, at, { uses, pinned: `${name}@${pin.sha}`, version: pin.version ?? ref }),
          }
        : {}),
    },
  ];
}

/** Only where the line ends with the reference, so that the version can stand behind it as a comment. */
function fixOf(
  { lines }: LintFile,
  at: Position,
  { uses, pinned, version }: { uses: string; pinned: string; version: string },
) {
  const line = lines[at.line - 1] ?? '';
  if (line.slice(at.column - 1).trimEnd() !== uses) return {};
  const end = { line: at.line, column: at.column + uses.length };
  return { fix: [{ start: at, end, text: `${pinned} # ${version}` }] };
}
