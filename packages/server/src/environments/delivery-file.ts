import { type DeliveryConfig, type Diagnostic, type Read, readDeliveryConfig } from '@slipway/delivery';
import type { EventSources } from '../events/event-sources.ts';
import type { Project } from '../projects/find-project.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import { git } from '../repositories/git.ts';
import { findBlob } from '../repositories/read-commits.ts';
import type { Store } from '../store/open-store.ts';

export const deliveryFileName = 'slipway.yml';

/** `slipway.yml` as it is in force. */
export interface DeliveryFile {
  /** Null: there is none. */
  config: DeliveryConfig | null;
  /** What is wrong with the one of the default branch; then the last one without mistakes is in force. */
  problem: Diagnostic[];
}

/**
 * Reads the file from the default branch.
 * @throws GitError if git does not say whether there is one: nobody may take that for a file without rules
 */
export async function readDeliveryFile(
  { store, repositories, now }: Pick<EventSources, 'store' | 'repositories' | 'now'>,
  { name, settings: { defaultBranch } }: Project,
): Promise<DeliveryFile> {
  const directory = repositoryDirectory(repositories, name);
  const blob = await findBlob(directory, `refs/heads/${defaultBranch}:${deliveryFileName}`);
  if (blob === null) return { config: null, problem: [] };
  const known = await store
    .selectFrom('delivery_file')
    .selectAll()
    .where('project', '=', name)
    .executeTakeFirst();
  const read = await readBlob(directory, blob);
  if (read.value === undefined) {
    const last = known === undefined ? undefined : readText(known.blob, known.content);
    return { config: last?.value ?? null, problem: read.diagnostics };
  }
  if (known?.blob !== blob) {
    await keepFile(
      { store, now: now() },
      { project: name, blob, content: await readContent(directory, blob) },
    );
  }
  return { config: read.value, problem: [] };
}

/** Parsed files by git's id: what they say never changes. */
const parsed = new Map<string, Read<DeliveryConfig>>();
const mostParsed = 200;

async function readBlob(directory: string, blob: string): Promise<Read<DeliveryConfig>> {
  return parsed.get(blob) ?? readText(blob, await readContent(directory, blob));
}

function readText(blob: string, content: string): Read<DeliveryConfig> {
  const known = parsed.get(blob);
  if (known !== undefined) return known;
  const read = readDeliveryConfig({ path: deliveryFileName, content });
  if (parsed.size >= mostParsed) parsed.clear();
  parsed.set(blob, read);
  return read;
}

function readContent(directory: string, blob: string): Promise<string> {
  return git(directory, ['cat-file', 'blob', blob]);
}

async function keepFile(
  { store, now }: { store: Store; now: number },
  { project, blob, content }: { project: string; blob: string; content: string },
): Promise<void> {
  const changed = { blob, content, updated_at: now };
  await store
    .insertInto('delivery_file')
    .values({ project, ...changed })
    .onConflict((conflict) => conflict.column('project').doUpdateSet(changed))
    .execute();
}
