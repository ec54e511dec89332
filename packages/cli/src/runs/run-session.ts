import type { RunDirectory } from '@slipway/runner/recovery';
import type { DrivenRuns } from '@slipway/server/runs';
import { chooseView } from '../view/choose-view.ts';
import type { RunView } from '../view/run-view.ts';
import { overallConclusion } from '../view/summary.ts';
import { Interruption } from './interruption.ts';
import { RunWatch } from './run-watch.ts';

/** One `slipway run` under way: what it shows and keeps, and how it can be ended. */
export interface RunSession {
  watch: RunWatch;
  view: RunView;
  interruption: Interruption;
  /** Of all runs so far, by run id. */
  directories: Map<string, RunDirectory>;
  /** What runs now. */
  active: DrivenRuns | null;
  /** A job was skipped because nothing here serves its labels. */
  hasUnserved: boolean;
  /** The logs could not be kept to the end. */
  isUnwritable: boolean;
}

export interface SessionOptions {
  json: boolean;
  environment: NodeJS.ProcessEnv;
  directories: ReadonlyMap<string, RunDirectory>;
}

export async function beginSession({ json, environment, directories }: SessionOptions): Promise<RunSession> {
  const interruption = new Interruption({
    cancel: (reason) => session.active?.cancel(reason),
    kill: (reason) => session.active?.kill(reason),
    say: (line) => session.view.say(line),
  });
  const watch = new RunWatch({
    folderOf: (runId) => session.directories.get(runId)!.path,
    onUnwritable(error) {
      session.isUnwritable = true;
      session.view.say(`The logs cannot be kept: ${error.message}`);
      interruption.cancel('the logs cannot be kept');
    },
  });
  const [first] = directories.values();
  const view = await chooseView({
    json,
    environment,
    picture: watch.picture,
    logOf: (runId, jobKey) => watch.logOf(runId, jobKey),
    spoolPath: `${first!.path}/output.spool`,
    onBroken: () => interruption.cancel('nobody reads the output any more'),
  });
  watch.view = view;
  const session: RunSession = {
    watch,
    view,
    interruption,
    directories: new Map(directories),
    active: null,
    hasUnserved: false,
    isUnwritable: false,
  };
  return session;
}

/** Shows the summary and closes what is open. @returns how it ended, for the exit status. */
export async function endSession(
  { watch, view, interruption, hasUnserved, isUnwritable }: RunSession,
  { failOnSkip }: { failOnSkip: boolean },
): Promise<'success' | 'failure' | 'cancelled'> {
  interruption.end();
  const failed = isUnwritable || (failOnSkip && hasUnserved);
  const conclusion = failed ? 'failure' : overallConclusion(watch.picture);
  await view.finish(watch.picture, conclusion);
  watch.close();
  if (interruption.happened && !isUnwritable) return 'cancelled';
  return conclusion === 'skipped' ? 'success' : conclusion;
}
