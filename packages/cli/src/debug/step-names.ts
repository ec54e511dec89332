import type { Step } from '@slipway/workflow';

/** What people may call a step in a file: its id and its name, or what it is called without one; as far as no expression decides that. */
export function stepNames(step: Step): string[] {
  const id = step.id.startsWith('__') ? [] : [step.id];
  if (step.name !== undefined) {
    return step.name.kind === 'literal' ? [...id, String(step.name.value)] : id;
  }
  if (step.kind === 'action') return [...id, `Run ${step.uses.replace(/^docker:\/\//, '')}`];
  if (step.kind !== 'run' || step.run.kind !== 'literal') return id;
  const [line = ''] = String(step.run.value)
    .trimStart()
    .split(/[\r\n]/, 1);
  return [...id, `Run ${line}`.trimEnd()];
}
