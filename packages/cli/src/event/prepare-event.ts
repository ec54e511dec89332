import type { RemoteActionStore } from '@slipway/runner/actions';
import type { Diagnostic, Value, Workflow } from '@slipway/workflow';
import { callsOf, type LoadWorkflow } from '@slipway/workflow/plan';
import {
  buildGithubContext,
  buildLocalEvent,
  type EventFacts,
  type RepositoryFacts,
  readEventName,
} from '@slipway/workflow/triggers';
import type { Mistake } from '../command-line/command.ts';
import type { WorkflowRequest } from '../commands/workflow-request.ts';
import { type GitFiles, readGitFiles } from '../repository/git-files.ts';
import { GitError, type GitHead, readGitHead } from '../repository/git-head.ts';
import { repositoryFacts } from '../repository/repository-facts.ts';
import { findRepositoryRoot } from '../repository/repository-root.ts';
import { loadCalledWorkflows } from '../workflows/called-workflows.ts';
import type { ModelCache } from '../workflows/model-cache.ts';
import { readWorkflowModel } from '../workflows/read-models.ts';
import { readWorkflowFiles, type WorkflowFile } from '../workflows/workflow-files.ts';
import { addComparedFacts } from './compared-facts.ts';
import { readEventFile } from './event-file.ts';
import { isError, type Preparation, refused, type StartedWorkflow } from './event-preparation.ts';
import { startWorkflows } from './start-workflows.ts';

export interface PreparationContext {
  cwd: string;
  environment: NodeJS.ProcessEnv;
  cache: ModelCache;
  /** Finds workflows of other repositories, as the lockfile of this one allows. */
  store: (root: string) => RemoteActionStore;
  signal: AbortSignal;
}

/**
 * From what was asked for to the event and the workflows that it starts: reads files and git, runs nothing. Every mistake of a
 * kind is reported, not only the first.
 */
export async function prepareEvent(
  request: WorkflowRequest,
  context: PreparationContext,
): Promise<Preparation> {
  const { cwd, cache } = context;
  const root = findRepositoryRoot(cwd);
  if (root === null) return refused([noRepository(cwd)]);
  const gitFiles = readGitFiles(root);
  // Git works while the files are read.
  const asked = headOf(root, { files: gitFiles, cache });
  const { files, mistakes } = readWorkflowFiles(root, { named: request.workflows, from: cwd });
  const { workflows, diagnostics } = await readWorkflows(files, cache);
  const head = await asked;
  const { happening, mistakes: others } = await eventOf(request, {
    root,
    head,
    gitFiles,
    workflows,
    environment: context.environment,
  });
  mistakes.push(...others);
  if (happening === null || mistakes.length > 0 || diagnostics.some(isError))
    return refused(mistakes, diagnostics);

  const start = startWorkflows(workflows, happening.event, request);
  if (start.mistakes.length > 0 || start.diagnostics.length > 0)
    return refused(start.mistakes, start.diagnostics);
  const called = await loadCalled(start.started, { root, context });
  if (called.diagnostics.some(isError)) return refused([], called.diagnostics);
  const { event, started, notStarted } = start;
  const { facts } = happening;
  const github = githubOf(event, facts);
  return {
    kind: 'prepared',
    prepared: { root, workflows, event, facts, github, started, notStarted, load: called.load },
  };
}

/** The `github` context without what belongs to a run, which the plan adds. */
export function githubOf(event: EventFacts, { actor, serverUrl }: RepositoryFacts): Record<string, Value> {
  const server = serverUrl === undefined ? {} : { serverUrl };
  return buildGithubContext({
    event,
    actor,
    ...server,
    workflow: { path: '' },
    run: { id: '', number: 0, attempt: 1 },
  });
}

/** The workflows that these call, and whether they may be called so. */
export async function loadCalled(
  started: readonly StartedWorkflow[],
  { root, context }: { root: string; context: PreparationContext },
): Promise<{ load: LoadWorkflow; diagnostics: Diagnostic[] }> {
  const workflows = started.map(({ workflow }) => workflow);
  const { cache, signal } = context;
  const { load, diagnostics } = await loadCalledWorkflows(workflows, {
    root,
    cache,
    store: context.store(root),
    signal,
  });
  return { load, diagnostics: [...diagnostics, ...(await assessCalls(workflows, load))] };
}

/** @returns also what is wrong with them */
export async function readWorkflows(
  files: readonly WorkflowFile[],
  cache: ModelCache,
): Promise<{ workflows: Workflow[]; diagnostics: Diagnostic[] }> {
  const workflows: Workflow[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const file of files) {
    const read = await readWorkflowModel(file, cache);
    diagnostics.push(...read.diagnostics);
    if (read.value !== undefined) workflows.push(read.value);
  }
  return { workflows, diagnostics };
}

async function headOf(
  root: string,
  known: { files: GitFiles; cache: ModelCache },
): Promise<GitHead | Mistake> {
  try {
    const head = await readGitHead(root, known);
    return (
      head ?? {
        message: `${root} has no commit yet`,
        mend: 'Commit the workflow: an event is about a commit.',
      }
    );
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return { message: `git: ${error.message}`, mend: 'Make `git log` work in this folder.' };
  }
}

interface EventWorld {
  root: string;
  head: GitHead | Mistake;
  gitFiles: GitFiles;
  workflows: readonly Workflow[];
  environment: NodeJS.ProcessEnv;
}

interface HappeningEvent {
  /** Null: there are mistakes. */
  happening: { event: EventFacts; facts: RepositoryFacts } | null;
  mistakes: Mistake[];
}

async function eventOf(request: WorkflowRequest, world: EventWorld): Promise<HappeningEvent> {
  const { root, head, gitFiles: files, workflows, environment } = world;
  const name = readEventName(request.event);
  const file = request.eventFile === null ? null : readEventFile(request.eventFile);
  const mistakes = [...name.diagnostics, ...(file?.mistake == null ? [] : [file.mistake])];
  if (!('sha' in head)) return { happening: null, mistakes: [...mistakes, head] };
  if (name.value === undefined || mistakes.length > 0) return { happening: null, mistakes };
  const { ref, repository, actor } = request;
  const known = repositoryFacts({
    root,
    head,
    files,
    ref,
    repository,
    actor,
    environment,
  });
  const facts = await addComparedFacts(known, { root, event: name.value, workflows });
  const payload = file === null ? {} : { payload: file.payload };
  const event = buildLocalEvent({ name: name.value, facts, ...payload });
  return { happening: { event, facts }, mistakes };
}

/** The checks of calls come with the parser, which most runs do not need. */
async function assessCalls(workflows: readonly Workflow[], load: LoadWorkflow): Promise<Diagnostic[]> {
  const callers = workflows.filter((workflow) => callsOf(workflow).length > 0);
  if (callers.length === 0) return [];
  const { assessReusableWorkflows } = await import('@slipway/workflow/reader');
  return callers.flatMap((workflow) => assessReusableWorkflows({ workflow, load }));
}

function noRepository(cwd: string): Mistake {
  return { message: `${cwd} is in no git repository`, mend: 'Go to one, or make it one with `git init`.' };
}
