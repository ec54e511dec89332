import type { Action, Read, Workflow } from '@slipway/workflow';
import type { ModelCache } from './model-cache.ts';
import type { WorkflowFile } from './workflow-files.ts';

/** Reads a workflow file; what was read before from the same content comes from the cache, without loading the parser. */
export async function readWorkflowModel(file: WorkflowFile, cache: ModelCache): Promise<Read<Workflow>> {
  const known = cache.find(file.path, file.content);
  if (known !== undefined) return known as Read<Workflow>;
  const { readWorkflow } = await import('@slipway/workflow/reader');
  return kept(file, readWorkflow(file), cache);
}

/** The same for an `action.yml`. */
export async function readActionModel(file: WorkflowFile, cache: ModelCache): Promise<Read<Action>> {
  const known = cache.find(file.path, file.content);
  if (known !== undefined) return known as Read<Action>;
  const { readAction } = await import('@slipway/workflow/reader');
  return kept(file, readAction(file), cache);
}

/** What has diagnostics is read again: the author is about to change it. */
function kept<T>(file: WorkflowFile, read: Read<T>, cache: ModelCache): Read<T> {
  if (read.diagnostics.length === 0) cache.keep(file.path, file.content, read);
  return read;
}
