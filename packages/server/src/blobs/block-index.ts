import { appendFile, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Where a block lies. */
export interface Block {
  file: string;
  offset: number;
  sizeBytes: number;
}

const ending = '.blocks';

/** Writes down where a block lies, for other servers. Each has an index of its own: nobody else writes to it. */
export async function noteBlock(
  folder: string,
  owner: string,
  { id, block }: { id: string; block: Block },
): Promise<void> {
  const line = JSON.stringify({ id, ...block, file: path.basename(block.file) });
  await appendFile(path.join(folder, `${owner}${ending}`), `${line}\n`);
}

/** The blocks that all servers have written, by id; of one that arrived at several, any: its content is the same. */
export async function blocksOf(folder: string): Promise<Map<string, Block>> {
  const blocks = new Map<string, Block>();
  for (const name of (await readdir(folder)).filter((one) => one.endsWith(ending))) {
    for (const line of (await readFile(path.join(folder, name), 'utf8')).split('\n')) {
      const read = parsed(line);
      if (read === null) continue;
      const { id, file, ...place } = read;
      blocks.set(id, { file: path.join(folder, file), ...place });
    }
  }
  return blocks;
}

/** A line that a killed server has begun is none. */
function parsed(line: string): (Block & { id: string }) | null {
  try {
    return JSON.parse(line) as Block & { id: string };
  } catch {
    return null;
  }
}
