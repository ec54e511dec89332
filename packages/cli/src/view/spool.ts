import { rmSync } from 'node:fs';
import { JobLog } from '../journal/job-log.ts';
import type { Output } from './output.ts';

/** An output whose reader may be as slow as it likes: what it has not taken yet waits in a file, not in memory. */
export function spooledOutput(output: Output, path: string): Output {
  const pieceBytes = 64 * 1024;
  let spool: JobLog | null = null;
  let takenBytes = 0;
  let whenTaken: (() => void) | null = null;

  function pump(): void {
    while (spool !== null && !output.isBehind) {
      const piece = spool.read(takenBytes, Buffer.allocUnsafe(pieceBytes));
      takenBytes += piece.length;
      output.write(piece);
      if (takenBytes === spool.sizeBytes) forget(spool);
    }
    if (spool === null) whenTaken?.();
  }

  function forget(emptied: JobLog): void {
    emptied.close();
    rmSync(path, { force: true });
    spool = null;
    takenBytes = 0;
  }

  output.onDrain(pump);
  return {
    write(content) {
      if (spool === null && !output.isBehind) output.write(content);
      else {
        spool ??= new JobLog(path);
        spool.append(typeof content === 'string' ? Buffer.from(content) : content);
      }
    },
    isBehind: false,
    onDrain: () => {},
    async flushed() {
      await new Promise<void>((resolve) => {
        whenTaken = resolve;
        pump();
      });
      await output.flushed();
    },
  };
}
