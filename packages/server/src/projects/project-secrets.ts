import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

/** What only the server and the jobs of a project may know. */
export interface ProjectSecrets {
  /** The `secrets` context, by name. */
  secrets: Record<string, string>;
  /** Signs GitHub's webhooks. */
  webhookSecret?: string | undefined;
  /** For GitHub's REST interface and for fetching. */
  githubToken?: string | undefined;
}

/** Secrets are in files that only the server's account can read, never in the tables. */
export interface SecretFiles {
  read(project: string): Promise<ProjectSecrets>;
  /** Changes of one server come one after the other; durable when this resolves. */
  change(project: string, change: (secrets: ProjectSecrets) => ProjectSecrets): Promise<void>;
}

const fileSchema = z.strictObject({
  secrets: z.record(z.string(), z.string()),
  webhookSecret: z.string().optional(),
  githubToken: z.string().optional(),
});

/** Files `<directory>/<owner>/<name>.json`. */
export function openSecretFiles(directory: string): SecretFiles {
  const fileOf = (project: string) => path.join(directory, `${project.toLowerCase()}.json`);
  let last: Promise<unknown> = Promise.resolve();
  const read: SecretFiles['read'] = async (project) => {
    try {
      return fileSchema.parse(JSON.parse(await readFile(fileOf(project), 'utf8')));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { secrets: {} };
      throw new Error(`cannot read the secrets of ${project}`, { cause: error });
    }
  };
  return {
    read,
    change(project, change) {
      const changed = last.then(async () =>
        writePrivately(fileOf(project), `${JSON.stringify(change(await read(project)), null, 2)}\n`),
      );
      last = changed.catch(() => {});
      return changed;
    },
  };
}

/** Whole or not at all, and for nobody else to read. */
export async function writePrivately(file: string, content: string | Uint8Array): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const draft = `${file}.${process.pid}.tmp`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}
