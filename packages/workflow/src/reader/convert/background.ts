import type { Position } from '../../model/diagnostic.ts';
import type { Template } from '../../model/template.ts';
import type { Step } from '../../model/workflow.ts';
import type { Findings } from '../findings.ts';
import { childOf, entryOf, optional, textOf } from './access.ts';
import type { Conversion } from './conversion.ts';
import type { StepIds } from './ids.ts';
import { convertStep, idOf } from './steps.ts';

/** `wait`, `wait-all` and `cancel`, named as GitHub names them where the author does not. */
export function convertControlStep(ids: StepIds, item: Template): Step | undefined {
  const base = (kind: string, name: string) => ({
    id: idOf(ids, item, kind),
    at: item.at,
    name: childOf(item, 'name') ?? literal(name, item.at),
    if: whenSuccessful(item.at),
    ...optional('continueOnError', childOf(item, 'continue-on-error')),
  });
  const wait = childOf(item, 'wait');
  if (wait) {
    const targets = (wait.kind === 'sequence' ? wait.items : [wait]).filter(
      (target) => textOf(target) !== undefined,
    );
    const names = targets.map((target) => textOf(target) ?? '');
    return { ...base('wait', 'Wait'), kind: 'wait', wait: names, waitAt: targets.map((target) => target.at) };
  }
  if (childOf(item, 'wait-all')) return { ...base('wait-all', 'Wait for all'), kind: 'wait-all' };
  const cancel = childOf(item, 'cancel');
  const target = textOf(cancel);
  if (!cancel || target === undefined) return undefined;
  return { ...base('cancel', 'Cancel'), kind: 'cancel', cancel: target, cancelAt: cancel.at };
}

/** Whether it is a group of steps that run beside each other. */
export function isParallel(item: Template): boolean {
  return childOf(item, 'parallel') !== undefined;
}

/**
 * A `parallel` group as background steps and a wait for them, which is what GitHub makes of it.
 * @see actions/languageservices, workflow-parser/src/model/converter/steps.ts
 */
export function expandParallel(conversion: Conversion, ids: StepIds, group: Template): Step[] {
  const parallel = childOf(group, 'parallel');
  const members: Step[] = [];
  for (const item of parallel?.kind === 'sequence' ? parallel.items : []) {
    const forbidden = ['background', 'wait', 'wait-all', 'cancel', 'parallel'].find((key) =>
      entryOf(item, key),
    );
    if (forbidden !== undefined) {
      conversion.findings.add({
        at: entryOf(item, forbidden)?.at ?? item.at,
        code: 'invalid-parallel',
        message: `\`${forbidden}\` cannot stand within \`parallel\`.`,
        mend:
          forbidden === 'background' ? 'Remove it: the group does that.' : 'Move the step out of the group.',
      });
      continue;
    }
    const step = convertStep(conversion, ids, item);
    if (step?.kind === 'run' || step?.kind === 'action') members.push({ ...step, background: true });
  }
  return [
    ...members,
    {
      id: ids.generate('parallel'),
      at: group.at,
      name: literal('Parallel group', group.at),
      if: whenSuccessful(group.at),
      kind: 'wait',
      wait: members.map((member) => member.id),
    },
  ];
}

/** Steps are waited for and cancelled after they were started. */
export function checkReferences(findings: Findings, steps: Step[]): void {
  const started = new Map<string, Step>();
  for (const step of steps) {
    if (step.kind === 'wait') {
      for (const [i, id] of step.wait.entries())
        checkReference(findings, { id, at: step.waitAt?.[i] ?? step.at, step, started });
    } else if (step.kind === 'cancel') {
      checkReference(findings, { id: step.cancel, at: step.cancelAt ?? step.at, step, started });
    }
    started.set(step.id.toLowerCase(), step);
  }
}

interface Reference {
  id: string;
  at: Position;
  step: Step;
  started: Map<string, Step>;
}

function checkReference(findings: Findings, { id, at, step, started }: Reference): void {
  const target = started.get(id.toLowerCase());
  if (!target) {
    const isItself = id.toLowerCase() === step.id.toLowerCase();
    findings.add({
      at,
      code: 'unknown-step',
      message: isItself ? `The step \`${id}\` refers to itself.` : `No step above has the id \`${id}\`.`,
      mend: 'Name the `id` of a background step that stands above.',
    });
  } else if (!('background' in target) || target.background !== true) {
    findings.add({
      at,
      severity: 'warning',
      code: 'not-background',
      message: `The step \`${id}\` does not run in the background; it has ended before.`,
      mend: 'Add `background: true` to it, or remove this.',
    });
  }
}

function literal(value: string, at: Position): Template {
  return { kind: 'literal', value, at };
}

function whenSuccessful(at: Position) {
  return { kind: 'expression', source: 'success()', at } as const;
}
