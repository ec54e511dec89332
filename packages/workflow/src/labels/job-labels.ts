import type { LiteralTemplate, Template } from '../model/template.ts';
import type { NormalJob } from '../model/workflow.ts';
import { childOf, literalsOf, namedEntries } from '../reader/convert/access.ts';

/** The labels that a job asks for together, as far as the file says them: one list for each value of a matrix. */
export function labelSets({ runsOn, strategy }: NormalJob): LiteralTemplate[][] {
  const labels = runsOn.kind === 'mapping' ? childOf(runsOn, 'labels') : runsOn;
  if (!labels) return [];
  if (labels.kind === 'expression') return fromMatrix(labels.source, strategy?.matrix).map(literalsOf);
  if (labels.kind !== 'sequence') return [literalsOf(labels)];
  const fixed = literalsOf(labels);
  const sets: LiteralTemplate[][] = [fixed];
  for (const item of labels.items) {
    if (item.kind !== 'expression') continue;
    for (const value of fromMatrix(item.source, strategy?.matrix))
      sets.push([...fixed, ...literalsOf(value)]);
  }
  return sets;
}

/** The values of `matrix.name`, in its vector and in `include`. */
function fromMatrix(source: string, matrix: Template | undefined): Template[] {
  const name = /^matrix\.([\w-]+)$/.exec(source.trim())?.[1];
  if (name === undefined || !matrix) return [];
  const vector = childOf(matrix, name);
  const include = childOf(matrix, 'include');
  const included = include?.kind === 'sequence' ? include.items : [];
  return [
    ...(vector?.kind === 'sequence' ? vector.items : []),
    ...included.flatMap((item) =>
      namedEntries(item).flatMap((entry) => (entry.name === name ? [entry.value] : [])),
    ),
  ];
}
