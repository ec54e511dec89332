import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Value } from '@slipway/workflow';
import type { EventFacts, RepositoryFacts } from '@slipway/workflow/triggers';
import type { WorkflowRequest } from '../commands/workflow-request.ts';
import type { PreparationContext } from '../event/prepare-event.ts';
import type { RunnerTarget } from '../machine/runner-labels.ts';
import type { OpenedEvent } from '../runs/open-event.ts';

/** What a run was made from, to make it again: kept beside its journal as `recipe.json`. Holds no secret. */
export interface RunRecipe {
  /** Of this shape. */
  version: 1;
  event: EventFacts;
  facts: RepositoryFacts;
  /** Path of the workflow file. */
  workflow: string;
  /** The `inputs` context. */
  inputs: Record<string, Value>;
  request: RecordedRequest;
  /** Numbers of the runs that the same event started, by the path of their workflow. */
  siblings: Record<string, number>;
}

/** What was asked for; paths are absolute. */
export interface RecordedRequest extends Omit<WorkflowRequest, 'secrets' | 'runners' | 'json'> {
  runners: [label: string, target: RunnerTarget][];
}

const fileName = 'recipe.json';

/** Keeps what the runs of an event are made from. That it can't be kept is no reason not to run. */
export function keepRecipes(
  { prepared, plan, directories }: OpenedEvent,
  { request, context }: { request: WorkflowRequest; context: PreparationContext },
): void {
  const { event, facts, started } = prepared;
  const siblings = Object.fromEntries(
    plan.runs.map(({ workflowPath, runNumber }) => [workflowPath, runNumber]),
  );
  const { secrets: _secrets, json: _json, runners, workflows, ...rest } = request;
  const recorded: RecordedRequest = {
    ...rest,
    workflows: workflows.map((path) => resolve(context.cwd, path)),
    runners: [...runners],
  };
  for (const { runId, workflowPath: workflow } of plan.runs) {
    const inputs = started.find((one) => one.workflow.path === workflow)?.inputs ?? {};
    const recipe: RunRecipe = { version: 1, event, facts, workflow, inputs, request: recorded, siblings };
    const directory = directories.get(runId)?.path;
    if (directory !== undefined) write(join(directory, fileName), recipe);
  }
}

/** @returns null if there is none: the run is older than they are, or it could not be kept */
export function readRecipe(directory: string): RunRecipe | null {
  try {
    const recipe = JSON.parse(readFileSync(join(directory, fileName), 'utf8')) as RunRecipe;
    return recipe.version === 1 ? recipe : null;
  } catch {
    return null;
  }
}

/** Readable by its owner only: payload, variables and environment are nobody else's business. */
function write(path: string, recipe: RunRecipe): void {
  try {
    writeFileSync(path, JSON.stringify(recipe), { mode: 0o600 });
  } catch {
    // The disk is full: the journal will say so.
  }
}
