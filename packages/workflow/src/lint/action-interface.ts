import type { Action } from '../model/action.ts';
import type { LintFile } from './file/lint-file.ts';
import { type ActionInterface, knownAction } from './known-actions.ts';

/** What an action takes and gives: by its manifest where that can be read, else by what is known of it. */
export function actionInterface(
  { action }: Pick<LintFile, 'action'>,
  uses: string,
): ActionInterface | undefined {
  const answer = action?.(uses);
  const manifest = answer === undefined || answer === 'missing' ? undefined : answer.value;
  return manifest ? fromManifest(manifest) : knownAction(uses.split('@')[0] ?? '');
}

/** Undefined: not known. */
export function actionOutputs(file: Pick<LintFile, 'action'>, uses: string): string[] | undefined {
  const outputs = actionInterface(file, uses)?.outputs;
  return outputs && [...outputs];
}

/** Whether it is looked up in the workspace or in the repository itself. */
export function isLocalAction(uses: string): boolean {
  return /^(?:\.[\\/]|\$\/)/.test(uses);
}

function fromManifest({ inputs, outputs, runs }: Action): ActionInterface {
  const entries = Object.entries(inputs).map(
    ([name, { required, default: fallback }]) =>
      [name.toLowerCase(), required && fallback === undefined] as const,
  );
  const given = new Map<string, boolean>(entries);
  // A container action takes these two beside its own.
  if (runs.kind === 'docker')
    for (const name of ['entrypoint', 'args']) given.set(name, given.get(name) ?? false);
  return { inputs: given, outputs: Object.keys(outputs) };
}
