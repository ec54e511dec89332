import { join } from 'node:path';
import { sweepInterrupted } from '@slipway/runner/recovery';
import type { TypedArguments } from '../command-line/command.ts';
import { refuse } from '../command-line/refusal.ts';
import { readWorkflowRequest, type WorkflowRequest } from '../commands/workflow-request.ts';
import type { Preparation, PreparedEvent } from '../event/event-preparation.ts';
import { type PreparationContext, prepareEvent } from '../event/prepare-event.ts';
import { slipwayHome } from '../machine/slipway-home.ts';
import { version } from '../version.ts';
import { printError } from '../view/print.ts';
import { plainStyle } from '../view/style.ts';
import { diagnosticsText } from '../workflows/diagnostics-text.ts';
import { createModelCache } from '../workflows/model-cache.ts';
import { interruptionNotice } from './interruption-notice.ts';
import { lazyActionStore } from './lazy-providers.ts';

/** What `run` and `plan` have in hand when the input is valid. */
export interface PreparedCommand {
  request: WorkflowRequest;
  context: PreparationContext;
  home: string;
  prepared: PreparedEvent;
  /** Of runs that were interrupted before; to be said. */
  notices: string[];
}

/** Reads everything and cleans up after interrupted runs; what is wrong is printed. @returns an exit status if it is. */
export async function prepareCommand(typed: TypedArguments): Promise<PreparedCommand | number> {
  // A plain copy: to look into `process.env` asks the system each time.
  const environment = { ...process.env };
  const { request, mistakes } = readWorkflowRequest(typed, environment);
  if (mistakes.length > 0) return refuse(mistakes);
  const home = slipwayHome(environment);
  const context = preparationContext(environment, { home, offline: request.offline });
  const [preparation, interrupted] = await Promise.all([
    prepareEvent(request, context),
    sweepInterrupted({ slipwayHome: home, now: Date.now() }),
  ]);
  const notices = interrupted.map(interruptionNotice);
  if (preparation.kind === 'prepared')
    return { request, context, home, prepared: preparation.prepared, notices };
  return refusePreparation(preparation, notices);
}

export function preparationContext(
  environment: NodeJS.ProcessEnv,
  { home, offline }: { home: string; offline: boolean },
): PreparationContext {
  const { GITHUB_SERVER_URL: serverUrl } = environment;
  return {
    cwd: process.cwd(),
    environment,
    cache: createModelCache(join(home, 'models'), version),
    store: (repositoryRoot) =>
      lazyActionStore({
        slipwayHome: home,
        repositoryRoot,
        offline,
        ...(serverUrl === undefined ? {} : { serverUrl }),
      }),
    signal: new AbortController().signal,
  };
}

/** @returns the exit status */
export function refusePreparation(
  { diagnostics, mistakes }: Extract<Preparation, { kind: 'refused' }>,
  notices: readonly string[],
): number {
  for (const notice of notices) printError(`${notice}\n`);
  printError(diagnosticsText(diagnostics, plainStyle));
  return refuse(mistakes);
}
