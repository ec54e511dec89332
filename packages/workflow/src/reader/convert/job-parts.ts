import type { Template } from '../../model/template.ts';
import type { ConcurrencyTemplate, RunDefaults, StrategyTemplate } from '../../model/workflow.ts';
import type { Findings } from '../findings.ts';
import { childOf, hasExpression, namedEntries, optional, textOf } from './access.ts';
import { checkShell } from './shell.ts';

/** `defaults:`, of which only `run` exists. */
export function convertDefaults(findings: Findings, value: Template | undefined): RunDefaults | undefined {
  const run = childOf(value, 'run');
  if (run?.kind !== 'mapping') return undefined;
  const shell = childOf(run, 'shell');
  checkShell(findings, shell);
  return { ...optional('shell', shell), ...optional('workingDirectory', childOf(run, 'working-directory')) };
}

/** `concurrency:` as text or mapping. */
export function convertConcurrency(
  findings: Findings,
  value: Template | undefined,
): ConcurrencyTemplate | undefined {
  if (value === undefined) return undefined;
  const group = value.kind === 'mapping' ? childOf(value, 'group') : value;
  if (group === undefined) return undefined;
  if ((textOf(group)?.length ?? 0) > 400) {
    findings.add({
      at: group.at,
      code: 'invalid-concurrency',
      message: 'The concurrency group is longer than 400 characters.',
      mend: 'Shorten it.',
    });
  }
  const queue = textOf(childOf(value, 'queue'));
  return {
    group,
    ...optional('cancelInProgress', childOf(value, 'cancel-in-progress')),
    ...optional('queue', queue === 'single' || queue === 'max' ? queue : undefined),
  };
}

/** `strategy:`; an expression in its place has been refused by the schema. */
export function convertStrategy(
  findings: Findings,
  value: Template | undefined,
): StrategyTemplate | undefined {
  if (value?.kind !== 'mapping') return undefined;
  const matrix = childOf(value, 'matrix');
  if (matrix?.kind === 'mapping') checkMatrix(findings, matrix);
  return {
    ...optional('matrix', matrix),
    ...optional('failFast', childOf(value, 'fail-fast')),
    ...optional('maxParallel', childOf(value, 'max-parallel')),
  };
}

function checkMatrix(findings: Findings, matrix: Template & { kind: 'mapping' }): void {
  const vectors = namedEntries(matrix).filter(({ name }) => name !== 'include' && name !== 'exclude');
  for (const { name, value } of vectors) {
    if (value.kind !== 'sequence' || value.items.length > 0) continue;
    findings.add({
      at: value.at,
      code: 'invalid-matrix',
      message: `The matrix vector \`${name}\` has no values.`,
      mend: 'Add a value, or remove the vector.',
    });
  }
  const include = childOf(matrix, 'include');
  const hasInclude =
    include && (hasExpression(include) || (include.kind === 'sequence' && include.items.length > 0));
  const hasExpressionKey = matrix.entries.some(({ key }) => key.kind !== 'literal');
  if (vectors.length > 0 || hasInclude || hasExpressionKey) return;
  findings.add({
    at: matrix.at,
    code: 'invalid-matrix',
    message: 'The matrix defines no vector.',
    mend: 'Add a vector (`os: [ubuntu-latest, …]`) or an `include` with at least one item.',
  });
}

/** @see actions/runner, WorkflowTemplateConverter.cs, ConvertToRunsOn */
export function checkRunsOn(findings: Findings, runsOn: Template): void {
  const group = childOf(runsOn, 'group');
  const name = textOf(group);
  if (group === undefined || name === undefined || !name.includes('/')) return;
  const [owner = '', label = '', ...more] = name.split('/');
  if (more.length === 0 && label !== '' && ['org', 'organization', 'ent', 'enterprise'].includes(owner))
    return;
  findings.add({
    at: group.at,
    code: 'invalid-runner-group',
    message: `\`${name}\` is not a runner group.`,
    mend: "Write the group's name alone, or after `organization/` or `enterprise/`.",
  });
}

export function checkSnapshot(findings: Findings, snapshot: Template | undefined): void {
  const version = childOf(snapshot, 'version');
  const text = textOf(version);
  if (version === undefined || text === undefined || /^\d+\.\*$/.test(text)) return;
  findings.add({
    at: version.at,
    code: 'invalid-snapshot',
    message: `\`${text}\` is not a version of a snapshot.`,
    mend: 'Write a major version and `.*`: `2.*`.',
  });
}
