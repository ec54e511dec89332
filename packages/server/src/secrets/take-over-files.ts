import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { credentialScope } from './project-credentials.ts';
import { scopeKey } from './scope.ts';
import type { SealedPlace } from './sealed-value.ts';
import { type SecretVault, writeSealed } from './secret-vault.ts';

const fileSchema = z.strictObject({
  secrets: z.record(z.string(), z.string()),
  webhookSecret: z.string().optional(),
  githubToken: z.string().optional(),
});

/**
 * Takes in the files `<directory>/<owner>/<name>.json` in which secrets of projects were kept before there was a vault. A file goes when what
 * it says is in the store for good: after a crash it is taken in again, which changes nothing.
 */
export async function takeOverSecretFiles(vault: SecretVault, directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const owner of entries.filter((entry) => entry.isDirectory())) {
    const folder = path.join(directory, owner.name);
    for (const name of await readdir(folder)) {
      const file = path.join(folder, name);
      if (name.endsWith('.json'))
        await takeOver(vault, `${owner.name}/${name.slice(0, -'.json'.length)}`, file);
      // A draft of one, of a server that was killed.
      await rm(file, { force: true });
    }
    await rmdir(folder);
  }
}

async function takeOver(vault: SecretVault, project: string, file: string): Promise<void> {
  const { secrets, webhookSecret, githubToken } = fileSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  const scope = scopeKey({ kind: 'project', project });
  const values: [SealedPlace, string | undefined][] = [
    ...Object.entries(secrets).map(([name, value]): [SealedPlace, string] => [
      { scope, name: name.toUpperCase() },
      value,
    ]),
    [{ scope: credentialScope(project), name: 'WEBHOOK_SECRET' }, webhookSecret],
    [{ scope: credentialScope(project), name: 'GITHUB_TOKEN' }, githubToken],
  ];
  await vault.store.transaction().execute(async (store) => {
    for (const [place, value] of values) {
      if (value !== undefined) await writeSealed({ ...vault, store }, place, { value, by: 'slipway' });
    }
  });
}
