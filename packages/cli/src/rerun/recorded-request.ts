import type { Mistake, TypedArguments } from '../command-line/command.ts';
import type { WorkflowRequest } from '../commands/workflow-request.ts';
import { readAssignments } from '../event/assignments.ts';
import { type SecretSource, secretSources } from '../event/secret-sources.ts';
import type { RecordedRequest } from './run-recipe.ts';

/**
 * What was asked for then, with the secrets of now: given again, or read again from where they came from. One that has no value any
 * more is a mistake: a job that needs it would fail in a way that does not say why.
 */
export function repeatRequest(
  recorded: RecordedRequest,
  typed: TypedArguments,
  environment: NodeJS.ProcessEnv,
): { request: WorkflowRequest; mistakes: Mistake[] } {
  const given = readAssignments({
    typed: typed.values.get('secret') ?? [],
    option: 'secret',
    files: typed.values.get('secret-file') ?? [],
    fileOption: 'secret-file',
    environment,
  });
  const mistakes = [...given.mistakes];
  const secrets: Record<string, string> = {};
  for (const source of recorded.secretSources) {
    if (Object.hasOwn(given.values, source.name)) continue;
    const value = secretFrom(source, environment);
    if (value !== undefined) secrets[source.name] = value;
    else mistakes.push(missing(source));
  }
  const names = Object.keys(given.values);
  const request: WorkflowRequest = {
    ...recorded,
    runners: new Map(recorded.runners),
    secrets: { ...secrets, ...given.values },
    secretSources: [
      ...recorded.secretSources.filter(({ name }) => !names.includes(name)),
      ...secretSources(names, {
        typed: typed.values.get('secret') ?? [],
        file: typed.values.get('secret-file')?.[0] ?? null,
      }),
    ],
    json: typed.switches.has('json'),
  };
  return { request, mistakes };
}

function secretFrom(source: SecretSource, environment: NodeJS.ProcessEnv): string | undefined {
  switch (source.kind) {
    case 'typed':
      return undefined;
    case 'environment':
      return environment[source.name];
    case 'file': {
      const file = { files: [source.path], fileOption: 'secret-file', typed: [], option: 'secret' };
      return readAssignments(file).values[source.name];
    }
    default:
      return source satisfies never;
  }
}

function missing(source: SecretSource): Mistake {
  const { name } = source;
  const mend = `Give it with --secret ${name}=VALUE, or set ${name} and write --secret ${name}.`;
  switch (source.kind) {
    case 'typed':
      return { message: `the secret ${name} was typed then, and secrets are not kept`, mend };
    case 'environment':
      return {
        message: `the secret ${name} came from the environment, which has no variable ${name} now`,
        mend,
      };
    case 'file':
      return { message: `the secret ${name} came from ${source.path}, which has it no more`, mend };
    default:
      return source satisfies never;
  }
}
