import type { JobState } from './job-state.ts';

/** Where an action runs: `container` on the job's network, where the host's loopback is reached by another address. */
export type RuntimeSide = 'host' | 'container';

const given = new WeakMap<JobState, Partial<Record<RuntimeSide, Promise<Record<string, string>>>>>();

/** What actions of the job get besides their inputs: the services that GitHub's clients find through the environment. Tokens in it are masked. */
export function actionsRuntime(job: JobState, side: RuntimeSide): Promise<Record<string, string>> {
  const sides = given.get(job) ?? {};
  given.set(job, sides);
  sides.host ??= ask(job);
  if (side === 'container')
    sides.container ??= sides.host.then((variables) => seenFromContainers(job, variables));
  return sides[side] ?? sides.host;
}

/**
 * What of it scripts get too: how to ask for an ID token, which only servers issue.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/Handlers/ScriptHandler.cs
 */
export async function scriptRuntime(job: JobState): Promise<Record<string, string>> {
  // Not asked for without need: on one machine a server of artifacts and caches would be started for it.
  if (job.request.slipwayServer === undefined) return {};
  const variables = Object.entries(await actionsRuntime(job, sideOfSteps(job)));
  return Object.fromEntries(variables.filter(([name]) => name.startsWith('ACTIONS_ID_TOKEN_REQUEST_')));
}

/** Where the job's own steps run. */
export function sideOfSteps({ containers }: JobState): RuntimeSide {
  const network = containers?.jobContainer?.network;
  return network === undefined || network === 'host' ? 'host' : 'container';
}

async function ask({ options, request, masker }: JobState): Promise<Record<string, string>> {
  const variables = (await options.actionsRuntime?.(request)) ?? {};
  for (const [name, value] of Object.entries(variables)) if (name.endsWith('_TOKEN')) masker.add(value);
  return variables;
}

async function seenFromContainers(
  { containers }: JobState,
  variables: Record<string, string>,
): Promise<Record<string, string>> {
  if (containers === undefined) return variables;
  const entries = Object.entries(variables).map(
    async ([name, value]) =>
      [name, name.endsWith('_URL') ? await containers.urlFromContainers(value) : value] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
