import { createHash, randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A file that says which upload makes a thing: of any number that begin at once, at any servers, one makes it. */
export interface PurposeMark {
  /** The id of the upload; null: nobody makes the thing. */
  holder(): Promise<string | null>;
  /**
   * Makes the mark for an upload; `onOther` is asked about the one that has it, and throws if that is to keep it.
   * @throws what `onOther` throws
   */
  take(id: string, onOther: (other: string) => Promise<void>): Promise<void>;
  /** Removes it, if it is that of the upload. */
  giveUp(id: string): Promise<void>;
}

export function purposeMark(folder: string, purpose: string): PurposeMark {
  const mark = path.join(folder, `purpose-${createHash('sha256').update(purpose).digest('hex')}`);
  const holder = (): Promise<string | null> => readFile(mark, 'utf8').catch(() => null);
  const giveUp = async (id: string): Promise<void> => {
    if ((await holder()) !== id) return;
    const aside = `${mark}.${randomUUID()}`;
    await rename(mark, aside).catch(() => {});
    // Somebody made it anew since it was read: it is theirs.
    const moved = await readFile(aside, 'utf8').catch(() => id);
    if (moved !== id) await link(aside, mark).catch(() => {});
    await rm(aside, { force: true });
  };
  return {
    holder,
    giveUp,
    async take(id, onOther) {
      const fresh = `${mark}.${randomUUID()}`;
      await writeFile(fresh, id);
      try {
        while (!(await link(fresh, mark).then(() => true, ignoreExisting))) {
          const other = await holder();
          if (other === null) continue;
          await onOther(other);
          await giveUp(other);
        }
      } finally {
        await rm(fresh, { force: true });
      }
    },
  };
}

function ignoreExisting(error: NodeJS.ErrnoException): false {
  if (error.code === 'EEXIST') return false;
  throw error;
}
