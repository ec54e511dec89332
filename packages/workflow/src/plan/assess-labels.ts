import { labelSets } from '../labels/job-labels.ts';
import { isKnownLabel, knownLabels } from '../labels/known-labels.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { nearestName } from '../model/nearest-name.ts';
import type { LiteralTemplate } from '../model/template.ts';
import type { EventPlan } from './run-plan.ts';

/**
 * Labels in `runs-on` that no runner is known to have, each where it stands, as far as the file says them. Beside
 * `self-hosted` a team's own labels stand, which may be any. `isServed` says whether something serves jobs with these.
 * Errors: `unknown-label`.
 */
export function assessLabels({ runs }: EventPlan, isServed: (labels: string[]) => boolean): Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  for (const { path, jobs } of runs.flatMap(({ graphs }) => graphs)) {
    const sets = jobs.flatMap(({ job }) => (job.kind === 'job' ? labelSets(job) : []));
    for (const label of sets.flatMap((set) => unknownLabels(set, isServed))) {
      found.set(`${path}:${label.at.line}:${label.at.column}`, unknownLabel(path, label));
    }
  }
  return [...found.values()];
}

function unknownLabels(set: LiteralTemplate[], isServed: (labels: string[]) => boolean): LiteralTemplate[] {
  const names = set.map(({ value }) => String(value ?? ''));
  if (names.some((name) => name.toLowerCase() === 'self-hosted') || isServed(names)) return [];
  return set.filter((_, position) => names[position] !== '' && !isKnownLabel(names[position] ?? ''));
}

function unknownLabel(file: string, { value, at }: LiteralTemplate): Diagnostic {
  const name = String(value);
  const guess = nearestName(name, knownLabels);
  const serve = `say what serves it: --runner '${name}=host'.`;
  return {
    file,
    ...at,
    severity: 'error',
    code: 'unknown-label',
    message: `No runner is known to have the label \`${name}\`.`,
    mend:
      guess === undefined
        ? `Use one such as \`ubuntu-latest\`, or ${serve}`
        : `Did you mean \`${guess}\`? If not, ${serve}`,
  };
}
