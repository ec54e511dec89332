import { withMachineTools } from '../tool-cache/machine-tools.ts';
import type { RunningStep } from './running-step.ts';

/** What a JavaScript action is used with. */
interface Use {
  uses: string;
  inputs: Record<string, string>;
}

/**
 * Runs a stage of a JavaScript action. The main stage of GitHub's setup actions finds the machine's tools in the tool
 * cache, if the cache is the job's own and the steps run on the host: a container has none of this machine's tools.
 */
export async function offeringMachineTools<T>(
  step: RunningStep,
  use: Use,
  runStage: () => Promise<T>,
): Promise<T> {
  const { folders, options, contexts, executor } = step.job;
  const isOwn = contexts.runner.tool_cache === folders.toolCache;
  const isHost = executor.toStepPath(folders.toolCache) === folders.toolCache;
  if (step.stage !== 'main' || !isOwn || !isHost) return await runStage();
  return await withMachineTools(
    {
      ...use,
      toolCache: folders.toolCache,
      slipwayHome: options.slipwayHome,
      env: options.baseEnv,
      log: (line) => step.report.log.line(line),
      signal: AbortSignal.any([step.stop.signal, step.job.killed]),
    },
    runStage,
  );
}
