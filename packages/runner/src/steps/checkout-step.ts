import { resolve } from 'node:path';
import type { Value } from '@slipway/workflow';
import { isOwnCheckout, type OwnRepository } from '../actions/checkout-action.ts';
import type { JobState } from '../job/job-state.ts';
import { checkoutWorkingTree } from '../workspace/checkout-working-tree.ts';
import type { RunningStep } from './running-step.ts';

/** Whether the step checks out what is being run, so that the working tree, or the commit that the runner has, stands in for it. */
export function isCheckoutOfOwn(job: JobState, uses: string, inputs: Record<string, string>): boolean {
  const { contexts, options } = job;
  const own = ownRepository(contexts.github);
  if (options.repositoryHolds === 'commit') return isOwnCheckout(uses, inputs, own);
  // A working tree is all that there is of a pull request: its head and its merge.
  return isOwnCheckout(uses, inputs, { ...own, alsoKnownAs: headOf(contexts.github) });
}

/** Brings what is being run into the workspace, in place of actions/checkout. */
export async function checkoutOwn(step: RunningStep, inputs: Record<string, string>): Promise<void> {
  const own = ownRepository(step.job.contexts.github);
  // Where nobody gave a token, `github.token` is a random word: with it git would be refused what anybody may read.
  const { token: given } = step.job.request.contexts.github;
  const token = typeof given === 'string' ? given : '';
  const at = Date.now();
  const { ref, commit } = await checkoutWorkingTree({
    source: step.job.options.repositoryRoot,
    holds: step.job.options.repositoryHolds ?? 'files',
    workspace: step.job.folders.workspace,
    inputs: { token, ...inputs },
    repository: own.repository,
    ref: own.ref,
    ...(own.serverUrl === undefined ? {} : { serverUrl: own.serverUrl }),
    log: (line) => step.report.log.line(line),
    warn: (message) => step.report.warning(message),
    signal: AbortSignal.any([step.stop.signal, step.job.killed]),
  });
  Object.assign(step.outputs, { ref, commit });
  step.job.checkouts.push({ directory: resolve(step.job.folders.workspace, inputs.path ?? ''), at });
}

function ownRepository(github: { [key: string]: Value }): OwnRepository {
  const text = (key: string) => (typeof github[key] === 'string' ? github[key] : '');
  const serverUrl = text('server_url');
  return {
    repository: text('repository'),
    ref: text('ref'),
    sha: text('sha'),
    ...(serverUrl === '' ? {} : { serverUrl }),
  };
}

/** Names of a pull request's head. */
function headOf(github: { [key: string]: Value }): string[] {
  const names = [github.head_ref, at(github.event, 'pull_request', 'head', 'sha')];
  return names.filter((name) => typeof name === 'string' && name !== '') as string[];
}

function at(value: Value | undefined, ...path: string[]): Value | undefined {
  let here = value;
  for (const key of path) {
    if (here === null || typeof here !== 'object' || Array.isArray(here)) return undefined;
    here = here[key];
  }
  return here;
}
