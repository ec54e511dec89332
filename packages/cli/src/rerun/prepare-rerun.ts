import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isError, type Preparation, refused } from '../event/event-preparation.ts';
import { githubOf, loadCalled, type PreparationContext, readWorkflows } from '../event/prepare-event.ts';
import { readWorkflowFiles } from '../workflows/workflow-files.ts';
import type { RunRecipe } from './run-recipe.ts';

/**
 * The same event for the same workflow, whose files are read as they are now. Its triggers are not asked again: they matched then.
 */
export async function prepareRerun(
  root: string,
  recipe: RunRecipe,
  context: PreparationContext,
): Promise<Preparation> {
  const { event, facts, inputs } = recipe;
  const { files, mistakes } = readWorkflowFiles(root, {
    named: recipe.request.workflows,
    from: context.cwd,
  });
  const { workflows, diagnostics } = await readWorkflows(files, context.cache);
  const workflow = workflows.find(({ path }) => path === recipe.workflow);
  if (workflow === undefined && diagnostics.every((one) => !isError(one))) {
    const mend = 'Restore the file, or make a new run of another workflow.';
    mistakes.push({ message: `the workflow file ${recipe.workflow} is not there any more`, mend });
  }
  if (workflow === undefined || mistakes.length > 0 || diagnostics.some(isError)) {
    return refused(mistakes, diagnostics);
  }
  const started = [{ workflow, inputs }];
  const called = await loadCalled(started, { root, context });
  if (called.diagnostics.some(isError)) return refused([], called.diagnostics);
  const notStarted = workflows
    .filter((one) => one !== workflow)
    .map((one) => ({ workflow: one, reason: 'it is not what is run again' }));
  const github = githubOf(event, facts);
  return {
    kind: 'prepared',
    prepared: { root, workflows, event, facts, github, started, notStarted, load: called.load },
  };
}

/** Whether the file has been written to since; epoch milliseconds. */
export function wasEditedSince(root: string, path: string, since: number): boolean {
  return (statSync(resolve(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0) > since;
}
