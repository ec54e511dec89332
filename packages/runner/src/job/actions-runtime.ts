import type { JobState } from './job-state.ts';

const given = new WeakMap<JobState, Promise<Record<string, string>>>();

/** What actions of the job get besides their inputs: the services that GitHub's clients find through the environment. Its token is masked. */
export function actionsRuntime(job: JobState): Promise<Record<string, string>> {
  const known = given.get(job);
  if (known !== undefined) return known;
  const asked = ask(job);
  given.set(job, asked);
  return asked;
}

async function ask({ options, request, masker }: JobState): Promise<Record<string, string>> {
  const variables = (await options.actionsRuntime?.(request)) ?? {};
  if (variables.ACTIONS_RUNTIME_TOKEN !== undefined) masker.add(variables.ACTIONS_RUNTIME_TOKEN);
  return variables;
}
