import { readSecrets, type SecretVault } from './secret-vault.ts';
import { readVariables } from './variables.ts';

/** What is set for one environment, and for no more than it. */
export interface EnvironmentVariables {
  vars: Record<string, string>;
  secrets: Record<string, string>;
}

/**
 * What a job that has entered the environment gets beside what its project and organisation have; and what is placed there gets, with no more
 * than this: secrets of the project are for its pipeline, not for what it deploys.
 */
export async function environmentVariables(
  vault: SecretVault,
  { project, environment }: { project: string; environment: string },
): Promise<EnvironmentVariables> {
  const scopes = [{ kind: 'environment', project, environment } as const];
  return {
    vars: await readVariables(vault.store, scopes),
    secrets: await readSecrets(vault, scopes),
  };
}
