import { holdsArtifactClient } from './accepted-server-url.ts';

/**
 * GitHub's artifact client finds artifacts of other runs by GITHUB_API_URL. Where there is no server, whoever keeps the runs of this machine
 * answers in its place, to an action that has the client and asks for another run than its own; whoever else calls GitHub reaches GitHub.
 * @see https://github.com/actions/toolkit/blob/main/packages/artifact/src/internal/find/get-artifact.ts (getArtifactPublic)
 */
export async function otherRunVariables(
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const { SLIPWAY_ARTIFACTS_API_URL: url, GITHUB_RUN_ID: ownRun, ACTIONS_RUNTIME_TOKEN: token = '' } = env;
  const wanted = env['INPUT_RUN-ID'] ?? '';
  if (url === undefined || wanted === '' || wanted === ownRun) return {};
  if (!(await holdsArtifactClient(script))) return {};
  // Without a token the action would look at its own run.
  return { GITHUB_API_URL: url, 'INPUT_GITHUB-TOKEN': env['INPUT_GITHUB-TOKEN'] || token };
}
