import { displayString } from '../expressions/index.ts';
import type { MappingEntry, Template } from '../model/template.ts';
import type { InputDefinition, Job, NormalJob, ReusableJob } from '../model/workflow.ts';
import { emptyValue } from '../plan/call-inputs.ts';
import { type UnknownValues, unknownsOf } from './unknown-values.ts';

export interface KnownJob {
  job: Job;
  /** The jobs whose outputs decide on what was left out. */
  dependsOn: string[];
  /** Of a call: inputs whose value is not known, with the jobs whose outputs decide them. */
  unknownInputs: Map<string, string[]>;
}

type Depends = (...templates: (Template | undefined)[]) => boolean;

/**
 * A job that is to start, less the keys whose values only the run will know. `definitions`: the inputs of the workflow
 * that it calls.
 */
export function knownPartOf(
  job: Job,
  unknown: UnknownValues,
  definitions: Record<string, InputDefinition>,
): KnownJob {
  const on = new Set<string>();
  const depends: Depends = (...templates) => {
    const found = templates.flatMap((template) => unknownsOf(template, unknown));
    for (const id of found) on.add(id);
    return found.length > 0;
  };
  const { strategy, concurrency } = job;
  const known: Job = { ...job, if: { ...job.if, source: 'always()' } };
  if (depends(job.name)) delete known.name;
  if (depends(concurrency?.group, concurrency?.cancelInProgress)) delete known.concurrency;
  if (strategy && depends(strategy.failFast, strategy.maxParallel)) {
    known.strategy = strategy.matrix ? { matrix: strategy.matrix } : {};
  }
  if (known.kind === 'job') {
    forgetWork(known, depends);
    return { job: known, dependsOn: [...on], unknownInputs: new Map() };
  }
  const unknownInputs = forgetInputs(known, unknown, definitions);
  for (const ids of unknownInputs.values()) for (const id of ids) on.add(id);
  return { job: known, dependsOn: [...on], unknownInputs };
}

function forgetWork(job: NormalJob, depends: Depends): void {
  if (depends(job.runsOn)) job.runsOn = { kind: 'literal', value: '(depends on outputs)', at: job.runsOn.at };
  if (depends(job.environment)) delete job.environment;
  if (depends(job.timeoutMinutes)) delete job.timeoutMinutes;
  if (depends(job.continueOnError)) delete job.continueOnError;
}

/** Puts an empty value of the right type in the place of each input that is not known. */
function forgetInputs(
  job: ReusableJob,
  unknown: UnknownValues,
  definitions: Record<string, InputDefinition>,
): Map<string, string[]> {
  const forgotten = new Map<string, string[]>();
  const types = new Map(Object.entries(definitions).map(([name, { type }]) => [name.toLowerCase(), type]));
  const entries = job.with?.entries.map((entry): MappingEntry => {
    const found = unknownsOf(entry.value, unknown);
    if (found.length === 0 || entry.key.kind !== 'literal') return entry;
    const name = displayString(entry.key.value).toLowerCase();
    forgotten.set(name, found);
    const value = emptyValue({ type: types.get(name) ?? 'string' });
    return { key: entry.key, value: { kind: 'literal', value, at: entry.key.at } };
  });
  if (job.with && entries) job.with = { ...job.with, entries };
  return forgotten;
}
