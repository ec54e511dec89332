import { looselyEqual } from '../../expressions/comparison.ts';
import type { Template } from '../../model/template.ts';
import type { NormalJob, ReusableJob } from '../../model/workflow.ts';
import { childOf, hasExpression, type NamedEntry, namedEntries } from '../../reader/convert/access.ts';
import type { Rule, RuleFinding } from '../rule.ts';

export const matrixMistake: Rule = {
  code: 'matrix-mistake',
  severity: 'warning',
  why: 'A value given twice runs twice, and an exclusion that matches nothing excludes nothing, or is refused.',
  mend: 'Remove the value, or correct the exclusion.',
  *check({ workflow }) {
    for (const job of workflow.jobs) yield* judge(job);
  },
};

function* judge({ strategy }: NormalJob | ReusableJob): Iterable<RuleFinding> {
  const matrix = strategy?.matrix;
  if (matrix?.kind !== 'mapping' || matrix.entries.some(({ key }) => key.kind !== 'literal')) return;
  const vectors = namedEntries(matrix).filter(({ name }) => name !== 'include' && name !== 'exclude');
  for (const vector of vectors) yield* repeatedValues(vector);
  const exclude = childOf(matrix, 'exclude');
  for (const item of exclude?.kind === 'sequence' ? exclude.items : []) yield* judgeExclusion(item, vectors);
}

function* repeatedValues({ name, value }: NamedEntry): Iterable<RuleFinding> {
  const seen = new Set<string>();
  for (const item of value.kind === 'sequence' ? value.items : []) {
    if (hasExpression(item)) continue;
    const key = plain(item);
    if (seen.has(key)) yield { at: item.at, message: `The value ${key} of \`${name}\` is given twice.` };
    seen.add(key);
  }
}

function* judgeExclusion(item: Template, vectors: NamedEntry[]): Iterable<RuleFinding> {
  for (const { name, at, value } of namedEntries(item)) {
    const vector = vectors.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    if (!vector) {
      yield {
        at,
        severity: 'error',
        message: `The matrix has no vector \`${name}\` to exclude by; GitHub refuses it.`,
      };
      continue;
    }
    if (vector.value.kind !== 'sequence' || hasExpression(vector.value) || hasExpression(value)) continue;
    if (vector.value.items.some((candidate) => contains(candidate, value))) continue;
    yield {
      at: value.at,
      message: `\`${name}\` never has the value ${plain(value)}, so that nothing is excluded.`,
    };
  }
}

/** An object is excluded by a part of it, too; `8` and `'8'` are the same to an exclusion. */
function contains(whole: Template, part: Template): boolean {
  if (part.kind === 'literal' && whole.kind === 'literal') return looselyEqual(whole.value, part.value);
  if (part.kind !== 'mapping' || whole.kind !== 'mapping') return plain(whole) === plain(part);
  return namedEntries(part).every(({ name, value }) => {
    const other = childOf(whole, name);
    return other !== undefined && contains(other, value);
  });
}

function plain(template: Template): string {
  switch (template.kind) {
    case 'literal':
      return JSON.stringify(template.value);
    case 'expression':
      return template.source;
    case 'sequence':
      return `[${template.items.map(plain).join(',')}]`;
    case 'mapping':
      return `{${namedEntries(template)
        .map(({ name, value }) => `${name}:${plain(value)}`)
        .join(',')}}`;
  }
}
