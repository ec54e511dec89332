import type { Frame, Node } from './frame.ts';
import { always, cancelled, failure, hashFiles, success } from './scope-functions.ts';
import type { Value } from './value.ts';
import { choose, contains, endsWith, format, fromJson, join, startsWith, toJson } from './value-functions.ts';

interface FunctionDefinition {
  /** As GitHub writes it; calls may use any case. */
  name: string;
  minArgs: number;
  maxArgs: number;
  /** Arguments come unevaluated: a function evaluates those it needs, in its own order. */
  call: (args: Node[], frame: Frame) => Value;
}

const maxArguments = 255;

/**
 * GitHub's functions, by lower-case name.
 * @see actions/runner, src/Sdk/Expressions/ExpressionConstants.cs and src/Runner.Worker/Expressions
 */
export const functions: ReadonlyMap<string, FunctionDefinition> = tabulate([
  { name: 'always', minArgs: 0, maxArgs: 0, call: always },
  { name: 'cancelled', minArgs: 0, maxArgs: 0, call: cancelled },
  { name: 'case', minArgs: 3, maxArgs: maxArguments, call: choose },
  { name: 'contains', minArgs: 2, maxArgs: 2, call: contains },
  { name: 'endsWith', minArgs: 2, maxArgs: 2, call: endsWith },
  { name: 'failure', minArgs: 0, maxArgs: maxArguments, call: failure },
  { name: 'format', minArgs: 1, maxArgs: maxArguments, call: format },
  { name: 'fromJSON', minArgs: 1, maxArgs: 1, call: fromJson },
  { name: 'hashFiles', minArgs: 1, maxArgs: maxArguments, call: hashFiles },
  { name: 'join', minArgs: 1, maxArgs: 2, call: join },
  { name: 'startsWith', minArgs: 2, maxArgs: 2, call: startsWith },
  { name: 'success', minArgs: 0, maxArgs: maxArguments, call: success },
  { name: 'toJSON', minArgs: 1, maxArgs: 1, call: toJson },
]);

/** Functions that ask how things went so far; an `if` without one of them gets an implicit `success()`. */
export const statusFunctions: readonly string[] = ['always', 'cancelled', 'failure', 'success'];

function tabulate(definitions: FunctionDefinition[]): Map<string, FunctionDefinition> {
  return new Map(definitions.map((definition) => [definition.name.toLowerCase(), definition]));
}
