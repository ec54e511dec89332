import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RemoteActionStore } from '@slipway/runner/actions';
import type { Diagnostic, Workflow } from '@slipway/workflow';
import { callsOf, type LoadWorkflow, qualifyUses } from '@slipway/workflow/plan';
import type { ModelCache } from './model-cache.ts';
import { readWorkflowModel } from './read-models.ts';
import type { WorkflowFile } from './workflow-files.ts';

export interface CalledWorkflowsAsked {
  root: string;
  cache: ModelCache;
  /** Finds workflows of other repositories. */
  store: RemoteActionStore;
  signal: AbortSignal;
}

/**
 * Reads the workflows that these call, and those that they call, before anything is planned. One that is not there is left out:
 * whoever calls it is told so with its place.
 */
export async function loadCalledWorkflows(
  workflows: readonly Workflow[],
  asked: CalledWorkflowsAsked,
): Promise<{ load: LoadWorkflow; diagnostics: Diagnostic[] }> {
  const loaded = new Map<string, Workflow | undefined>();
  const diagnostics: Diagnostic[] = [];
  const callers = [...workflows];
  for (let caller = callers.pop(); caller !== undefined; caller = callers.pop()) {
    for (const uses of callsOf(caller)) {
      if (loaded.has(uses)) continue;
      const file = await readCalled(uses, { caller, asked, diagnostics });
      const read = file === null ? null : await readWorkflowModel(file, asked.cache);
      diagnostics.push(...(read?.diagnostics ?? []));
      loaded.set(uses, read?.value);
      if (read?.value !== undefined) callers.push(read.value);
    }
  }
  return { load: (uses, caller) => loaded.get(qualifyUses(uses, caller.path)), diagnostics };
}

interface Reading {
  caller: Workflow;
  asked: CalledWorkflowsAsked;
  diagnostics: Diagnostic[];
}

async function readCalled(uses: string, reading: Reading): Promise<WorkflowFile | null> {
  const { asked } = reading;
  if (uses.startsWith('./')) {
    const path = uses.slice('./'.length);
    try {
      return { path, content: readFileSync(join(asked.root, path), 'utf8') };
    } catch {
      return null;
    }
  }
  try {
    const { content } = await asked.store.readFile(uses, asked.signal);
    return { path: uses, content };
  } catch (error) {
    reading.diagnostics.push(notFetched(uses, reading.caller, error));
    return null;
  }
}

function notFetched(uses: string, caller: Workflow, error: unknown): Diagnostic {
  const job = caller.jobs.find(
    (one) => one.kind === 'reusable' && qualifyUses(one.uses, caller.path) === uses,
  );
  const at = job?.kind === 'reusable' ? job.usesAt : { line: 1, column: 1 };
  const mend =
    error instanceof Error && 'mend' in error ? String(error.mend) : 'Check the reference and the network.';
  const message = error instanceof Error ? error.message : String(error);
  return { file: caller.path, ...at, severity: 'error', code: 'workflow-not-fetched', message, mend };
}
