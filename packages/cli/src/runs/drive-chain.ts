import { availableParallelism } from 'node:os';
import type { RunEvent } from '@slipway/contracts';
import type { StepGate } from '@slipway/runner';
import type { EnvironmentGate, RunResult } from '@slipway/server/runs';
import type { WorkflowRequest } from '../commands/workflow-request.ts';
import { isError, type PreparedEvent } from '../event/event-preparation.ts';
import { githubOf, loadCalled, type PreparationContext } from '../event/prepare-event.ts';
import { keepRecipes } from '../rerun/run-recipe.ts';
import { type DriveEventOptions, driveEvent } from './drive-event.ts';
import { followUpOf, mostFollowUps } from './follow-ups.ts';
import { lazyJobResults } from './job-results.ts';
import { type OpenedEvent, openEvent } from './open-event.ts';
import type { RunSession } from './run-session.ts';

export interface ChainOptions {
  request: WorkflowRequest;
  context: PreparationContext;
  home: string;
  /** May hold jobs; null: nobody does. */
  gate: StepGate | null;
  /** Asks before jobs enter environments; null: all may. */
  environments: EnvironmentGate | null;
  /** Copy the folder of every job before each of its steps. */
  checkpoint: boolean;
}

/** Drives an event's runs, then the runs that their completion starts, as deep as GitHub would. */
export async function driveChain(
  opened: OpenedEvent,
  session: RunSession,
  options: ChainOptions,
): Promise<void> {
  const { GITHUB_API_URL: githubApi = 'https://api.github.com' } = options.context.environment;
  const results = lazyJobResults({
    repositoryRoot: opened.prepared.root,
    attemptBeganAt: opened.recalled?.beganAt,
    upstream: options.request.offline ? null : githubApi,
  });
  const driving = { ...drivingOptions(session, options, opened.prepared.root), results };
  try {
    await driveAll(opened, session, { ...options, driving });
  } finally {
    await results.close();
  }
}

async function driveAll(
  opened: OpenedEvent,
  session: RunSession,
  options: ChainOptions & { driving: DriveEventOptions },
): Promise<void> {
  let events = [opened];
  for (let depth = 0; events.length > 0; depth += 1) {
    const followUps: PreparedEvent[] = [];
    for (const event of events) {
      keepRecipes(event, options);
      const results = await driveEvent(event, { ...options.driving, emit: emitOf(event, session) });
      if (!options.request.follow || depth === mostFollowUps || session.interruption.happened) continue;
      for (const result of results) followUps.push(...(await followUp(event, result, options)));
    }
    events = followUps.flatMap((prepared) => openFollowUp(prepared, session, options));
  }
}

/** What is taken over from the attempt before goes to the journal with the job that it is of. */
function emitOf({ recalled }: OpenedEvent, { watch }: RunSession): (event: RunEvent) => void {
  if (recalled === undefined) return watch.emit;
  return (event) => {
    if (event.kind === 'job.planned') recalled.forgetUnlike(event.jobKey, event.name);
    watch.emit(event);
    if (event.kind === 'job.planned') watch.carryOver(event.runId, recalled.linesOf(event.jobKey));
  };
}

function drivingOptions(
  session: RunSession,
  { request, context, home, gate, environments, checkpoint }: ChainOptions,
  root: string,
): Omit<DriveEventOptions, 'results'> {
  const { env, secrets, runners, maxParallel, executor, offline } = request;
  return {
    home,
    store: context.store(root),
    env,
    environment: context.environment,
    secrets,
    executor,
    offline,
    labels: { given: runners, platform: process.platform, arch: process.arch },
    maxParallel: maxParallel ?? availableParallelism(),
    emit: session.watch.emit,
    now: Date.now,
    gate,
    environments,
    checkpoint,
    onDriven: (runs) => {
      session.active = runs;
      // While a debugger was waited for.
      if (session.interruption.happened) runs.cancel('cancelled before it began');
    },
    onUnserved: () => {
      session.hasUnserved = true;
    },
  };
}

/** The event that a run's completion is, unless nothing follows it. */
async function followUp(
  { prepared, directories }: OpenedEvent,
  result: RunResult,
  { context }: ChainOptions,
): Promise<PreparedEvent[]> {
  const next = followUpOf(prepared, { result, number: directories.get(result.runId)?.number ?? 0 });
  if (next === null) return [];
  const { event, started } = next;
  const { load } = await loadCalled(started, { root: prepared.root, context });
  return [{ ...prepared, event, github: githubOf(event, prepared.facts), started, notStarted: [], load }];
}

/** What cannot be planned is said; it does not undo what has run. */
function openFollowUp(
  prepared: PreparedEvent,
  session: RunSession,
  { request, home }: ChainOptions,
): OpenedEvent[] {
  const selection = { jobs: [], vars: request.vars };
  const { opened, diagnostics } = openEvent(prepared, { home, selection, now: Date.now });
  for (const { file, line, column, message } of diagnostics.filter(isError)) {
    session.view.say(`${file}:${line}:${column}: ${message}`);
  }
  if (opened === null) return [];
  for (const [runId, directory] of opened.directories) session.directories.set(runId, directory);
  return [opened];
}
