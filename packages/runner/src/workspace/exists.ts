import { stat } from 'node:fs/promises';

/** Whether something is there; a link counts if what it points to is. */
export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
