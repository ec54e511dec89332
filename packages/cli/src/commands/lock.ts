import { join } from 'node:path';
import type { LockResult } from '@slipway/runner/actions';
import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { slipwayHome } from '../machine/slipway-home.ts';
import { findRepositoryRoot } from '../repository/repository-root.ts';
import { version } from '../version.ts';
import { printError, printOut } from '../view/print.ts';
import { plainStyle } from '../view/style.ts';
import { diagnosticsText } from '../workflows/diagnostics-text.ts';
import { createModelCache } from '../workflows/model-cache.ts';
import { readWorkflowModel } from '../workflows/read-models.ts';
import { readWorkflowFiles } from '../workflows/workflow-files.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'lock',
  summary: 'lock the actions that the workflows use to commits',
  description: [
    "Writes GitHub's lockfile, .github/workflows/actions.lock: every action that a workflow of the repository uses, also through other actions, with its commit. Actions that are locked already keep their commit; what no workflow uses any more is left out. Commit the file: from then on a tag that was moved fails the job.",
    "GitHub's own check needs ids that only its API tells: with GITHUB_TOKEN or GH_TOKEN set, the API is asked with that token.",
    'Exit status: 0 written; 1 an action could not be found; 2 the input is invalid.',
  ],
  options: [{ name: 'update', help: 'lock every action to what its ref means now' }],
  examples: [
    { line: 'slipway lock', says: 'after an action was added' },
    { line: 'slipway lock --update', says: 'to take newer versions, after a review' },
  ],
};

export const lockCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const environment = process.env;
  const root = findRepositoryRoot(process.cwd()) ?? process.cwd();
  const home = slipwayHome(environment);
  const workflows = await usesByWorkflow(root, home);
  if (typeof workflows === 'number') return workflows;
  const { ActionError, createGithubIds, lockActions } = await import('@slipway/runner/actions');
  const { GITHUB_API_URL: apiUrl, GITHUB_SERVER_URL: serverUrl } = environment;
  const token = environment.GITHUB_TOKEN || environment.GH_TOKEN;
  try {
    const result = await lockActions({
      repositoryRoot: root,
      slipwayHome: home,
      workflows,
      update: typed.switches.has('update'),
      repositoryIds: createGithubIds({ ...(apiUrl ? { apiUrl } : {}), ...(token ? { token } : {}) }),
      ...(serverUrl ? { serverUrl } : {}),
      signal: new AbortController().signal,
    });
    printOut(lockText(result));
    return exitStatus.success;
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    refuse([{ message: error.message, mend: error.mend }]);
    return exitStatus.failure;
  }
}

/** By the path of each workflow. @returns an exit status if a file is invalid; it has been said why. */
async function usesByWorkflow(root: string, home: string): Promise<Record<string, string[]> | number> {
  const { files, mistakes } = readWorkflowFiles(root, { named: [], from: root });
  if (mistakes.length > 0) return refuse(mistakes);
  const cache = createModelCache(join(home, 'models'), version);
  const reads = await Promise.all(files.map((file) => readWorkflowModel(file, cache)));
  const errors = reads
    .flatMap(({ diagnostics }) => diagnostics)
    .filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    printError(diagnosticsText(errors, plainStyle));
    return exitStatus.invalid;
  }
  return Object.fromEntries(
    reads.flatMap(({ value }) => {
      const jobs = value?.jobs.flatMap((job) => (job.kind === 'job' ? job.steps : [])) ?? [];
      const uses = jobs.flatMap((step) => (step.kind === 'action' ? [step.uses] : []));
      return value === undefined ? [] : [[value.path, uses]];
    }),
  );
}

/** What changed, then what GitHub will make of it. Pure. */
function lockText({ lockfile, changed, withoutIds }: LockResult): string {
  const short = (sha: string): string => sha.slice(0, 12);
  const lines = changed.map(({ key, before, after }) =>
    before === undefined ? `+ ${key} ${short(after)}` : `~ ${key} ${short(before)} → ${short(after)}`,
  );
  const count = Object.keys(lockfile.dependencies).length;
  lines.push(`.github/workflows/actions.lock: ${count} locked, ${changed.length} changed`);
  if (withoutIds.length > 0) {
    lines.push(
      `Without GitHub's ids: ${withoutIds.join(', ')}.`,
      'Slipway honours these entries; GitHub will once they have ids: run this again with GITHUB_TOKEN and network.',
    );
  }
  return `${lines.join('\n')}\n`;
}
