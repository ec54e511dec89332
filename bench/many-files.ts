import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folders = 400;

/** `<folder>/<0 to 399>/<n>.txt`, from half a kilobyte to eight: as source code is. */
export function writeManyFiles(folder: string, count: number): void {
  for (let file = 0; file < count; file += 1) {
    const place = join(folder, String(file % folders));
    if (file < folders) mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `${file}.txt`), `line ${file}\n`.repeat(50 + (file % 16) * 50));
  }
}
