import type {
  Action,
  ActionInput,
  ActionRuns,
  DockerActionRuns,
  NodeActionRuns,
} from '../../model/action.ts';
import type { Position } from '../../model/diagnostic.ts';
import type { Template } from '../../model/template.ts';
import { booleanOf, childOf, mappingOf, namedEntries, optional, textOf } from './access.ts';
import { convertHookCondition } from './condition.ts';
import type { Conversion } from './conversion.ts';
import { convertSteps } from './steps.ts';

/** An action from its document; undefined if nothing says how it runs. */
export function convertAction(conversion: Conversion, root: Template): Action | undefined {
  const runs = convertRuns(conversion, childOf(root, 'runs'));
  if (!runs) return undefined;
  return {
    ...optional('name', textOf(childOf(root, 'name'))),
    ...optional('description', textOf(childOf(root, 'description'))),
    inputs: Object.fromEntries(
      namedEntries(childOf(root, 'inputs')).map(({ name, value }) => [name, convertInput(value)]),
    ),
    outputs: Object.fromEntries(
      namedEntries(childOf(root, 'outputs')).map(({ name, value }) => [
        name,
        {
          ...optional('description', textOf(childOf(value, 'description'))),
          ...optional('value', childOf(value, 'value')),
        },
      ]),
    ),
    runs,
  };
}

function convertInput(value: Template): ActionInput {
  const required = childOf(value, 'required');
  const fallback = childOf(value, 'default');
  return {
    ...optional('description', textOf(childOf(value, 'description'))),
    required: booleanOf(required) ?? textOf(required) === 'true',
    ...optional('default', fallback?.kind === 'literal' && fallback.value === null ? undefined : fallback),
    ...optional('deprecationMessage', textOf(childOf(value, 'deprecationMessage'))),
  };
}

function convertRuns(conversion: Conversion, runs: Template | undefined): ActionRuns | undefined {
  const using = childOf(runs, 'using');
  const name = textOf(using)?.toLowerCase();
  if (!runs || !using || name === undefined) return undefined;
  if (name === 'composite')
    return { kind: 'composite', steps: convertSteps(conversion, childOf(runs, 'steps')) };
  if (name === 'docker') return dockerRuns(conversion, runs);
  return /^node\d+$/.test(name) ? nodeRuns(conversion, runs, name) : undefined;
}

function nodeRuns(conversion: Conversion, runs: Template, using: string): NodeActionRuns | undefined {
  const main = textOf(childOf(runs, 'main'));
  if (main === undefined) return undefined;
  return {
    kind: 'node',
    using,
    main,
    ...optional('pre', textOf(childOf(runs, 'pre'))),
    preIf: hook(conversion, runs, 'pre-if'),
    ...optional('post', textOf(childOf(runs, 'post'))),
    postIf: hook(conversion, runs, 'post-if'),
  };
}

function dockerRuns(conversion: Conversion, runs: Template): DockerActionRuns | undefined {
  const image = childOf(runs, 'image');
  const name = textOf(image);
  if (!image || name === undefined) return undefined;
  const args = childOf(runs, 'args');
  return {
    kind: 'docker',
    image: name,
    ...optional('entrypoint', textOf(childOf(runs, 'entrypoint'))),
    ...optional('preEntrypoint', textOf(childOf(runs, 'pre-entrypoint'))),
    preIf: hook(conversion, runs, 'pre-if'),
    ...optional('postEntrypoint', textOf(childOf(runs, 'post-entrypoint'))),
    postIf: hook(conversion, runs, 'post-if'),
    args: args?.kind === 'sequence' ? args.items : [],
    ...optional('env', mappingOf(childOf(runs, 'env'))),
    at: image.at,
  };
}

function hook(conversion: Conversion, runs: Template, key: 'pre-if' | 'post-if') {
  const value = childOf(runs, key);
  const at: Position = value?.at ?? runs.at;
  return convertHookCondition(conversion, { value, at, definition: 'runs-if' });
}
