import { readFile } from 'node:fs/promises';

/**
 * GitHub's artifact client refuses to work at any server whose name is not GitHub's, whatever that server speaks; every action that has the
 * client in it has this class.
 * @see https://github.com/actions/toolkit/blob/main/packages/artifact/src/internal/shared/config.ts (isGhes)
 */
const mark = 'GHESNotSupportedError';
const accepted = 'https://github.com';

/** By script: an action is read once. */
const known = new Map<string, Promise<boolean>>();

/**
 * The GITHUB_SERVER_URL with which an action's script works: the server's own, unless the script would refuse it. Where artifacts are, it
 * knows from other variables.
 * @returns undefined if the server's own is right
 */
export async function acceptedServerUrl(
  script: string,
  serverUrl: string | undefined,
): Promise<string | undefined> {
  if (serverUrl === undefined || isAccepted(serverUrl)) return undefined;
  return (await holdsArtifactClient(script)) ? accepted : undefined;
}

/** Whether GitHub's artifact client is in an action's script. */
export function holdsArtifactClient(script: string): Promise<boolean> {
  let holds = known.get(script);
  if (holds === undefined) {
    holds = readFile(script, 'latin1').then((text) => text.includes(mark));
    known.set(script, holds);
  }
  return holds;
}

function isAccepted(serverUrl: string): boolean {
  const host = URL.canParse(serverUrl) ? new URL(serverUrl).hostname : '';
  return host === 'github.com' || host.endsWith('.ghe.com') || host.endsWith('.localhost');
}
