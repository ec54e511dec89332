import { childOf, literalsOf, namedEntries } from '../../reader/convert/access.ts';
import { type PatternKind, patternProblem } from '../filter-pattern-problem.ts';
import type { Rule } from '../rule.ts';

const kinds: Readonly<Record<string, PatternKind>> = {
  branches: 'ref',
  'branches-ignore': 'ref',
  tags: 'ref',
  'tags-ignore': 'ref',
  paths: 'path',
  'paths-ignore': 'path',
  names: 'name',
  versions: 'name',
};

export const filterPattern: Rule = {
  code: 'filter-pattern',
  severity: 'warning',
  why: 'A pattern that can match nothing filters every run away, or none.',
  mend: 'Patterns know `*`, `**`, `?`, `+`, `[a-z]` and a leading `!`; they are no regular expressions.',
  *check({ root, scalars }) {
    for (const { value: event } of namedEntries(childOf(root, 'on'))) {
      for (const { name, value } of namedEntries(event)) {
        const kind = kinds[name];
        if (!kind) continue;
        for (const literal of literalsOf(value)) {
          const problem = patternProblem(String(literal.value), kind);
          if (problem)
            yield { at: scalars.within(literal.at, problem.offset), message: `${problem.message}.` };
        }
        yield* onlyExclusions(name, value);
      }
    }
  },
};

/** Exclusions take away from what the patterns before them matched, so alone they match nothing. */
function* onlyExclusions(name: string, value: Parameters<typeof literalsOf>[0]) {
  const patterns = literalsOf(value);
  const [first] = patterns;
  if (
    !first ||
    name.endsWith('-ignore') ||
    !patterns.every(({ value: text }) => String(text).startsWith('!'))
  )
    return;
  yield {
    at: first.at,
    message: `\`${name}\` only excludes, so that nothing matches.`,
    mend: "Add a pattern before it that matches: `- '**'`.",
  };
}
