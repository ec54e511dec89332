import { readSealed, type SecretVault, writeSealed } from './secret-vault.ts';

/** What only the server uses of a project, and no job ever sees. */
export interface ProjectCredentials {
  /** Signs GitHub's webhooks. */
  webhookSecret?: string | undefined;
  /** For GitHub's REST interface and for fetching. */
  githubToken?: string | undefined;
}

/** As they are called in the table. */
const names = { webhookSecret: 'WEBHOOK_SECRET', githubToken: 'GITHUB_TOKEN' } as const;

export async function readCredentials(vault: SecretVault, project: string): Promise<ProjectCredentials> {
  const values = await readSealed(vault, [credentialScope(project)]);
  return { webhookSecret: values[names.webhookSecret], githubToken: values[names.githubToken] };
}

/** What is left out stays as it is. */
export async function setCredentials(
  vault: SecretVault,
  { project, credentials }: { project: string; credentials: ProjectCredentials },
): Promise<void> {
  await vault.store.transaction().execute(async (store) => {
    for (const [key, name] of Object.entries(names)) {
      const value = credentials[key as keyof typeof names];
      if (value === undefined) continue;
      await writeSealed(
        { ...vault, store },
        { scope: credentialScope(project), name },
        { value, by: 'slipway' },
      );
    }
  });
}

export function credentialScope(project: string): string {
  return `credential:${project.toLowerCase()}`;
}
