import { findProperty } from './access.ts';
import { displayString, isPrimitive } from './coercion.ts';
import { type Frame, fail, type Node } from './frame.ts';
import type { StatusFunctions, Value } from './value.ts';

/** The functions whose answer is the scope's. Mirrors actions/runner, src/Runner.Worker/Expressions. */

export function always(_args: Node[], frame: Frame): Value {
  statusOf('always', frame);
  return true;
}

export function cancelled(_args: Node[], frame: Frame): Value {
  return statusOf('cancelled', frame).cancelled;
}

/** `failure('a', 'b')`, allowed in a job's `if`, asks whether one of these needs failed. */
export function failure(args: Node[], frame: Frame): Value {
  const status = statusOf('failure', frame);
  return args.length === 0 ? status.failure : args.some((arg) => needResult(arg, frame) === 'failure');
}

/** `success('a', 'b')`, allowed in a job's `if`, asks whether all of these needs succeeded. */
export function success(args: Node[], frame: Frame): Value {
  const status = statusOf('success', frame);
  return args.length === 0 ? status.success : args.every((arg) => needResult(arg, frame) === 'success');
}

export function hashFiles(args: Node[], frame: Frame): Value {
  const hash = frame.scope.hashFiles;
  if (hash === undefined) throw fail(frame, 'The function hashFiles is not available here');
  return hash(args.map((arg) => displayString(arg(frame))));
}

function statusOf(name: string, frame: Frame): StatusFunctions {
  const status = frame.scope.status;
  if (status === undefined) throw fail(frame, `The function ${name} is not available here`);
  return status;
}

function needResult(arg: Node, frame: Frame): Value | undefined {
  const id = displayString(arg(frame));
  const needs = frame.scope.contexts.needs ?? {};
  const need = isPrimitive(needs) || Array.isArray(needs) ? undefined : findProperty(needs, id, 'ignored');
  if (need === undefined) throw fail(frame, `'${id}' is not a need of this job`);
  return isPrimitive(need) || Array.isArray(need) ? undefined : need.result;
}
