import { rmSync } from 'node:fs';
import { JobLog, LogReader } from '../journal/job-log.ts';
import type { Output } from './output.ts';

const pieceBytes = 64 * 1024;

/** An output whose reader may be as slow as it likes: what it has not taken yet waits in a file, not in memory. */
export function spooledOutput(output: Output, path: string): Output {
  let spool: { log: JobLog; reader: LogReader } | null = null;
  let whenTaken: (() => void) | null = null;

  function pump(): void {
    while (spool !== null && !output.isBehind) {
      output.write(spool.reader.read(pieceBytes));
      if (spool.reader.isAtEnd) {
        spool.log.close();
        spool.reader.close();
        rmSync(path, { force: true });
        spool = null;
      }
    }
    if (spool === null) whenTaken?.();
  }

  function keep(content: string | Uint8Array): void {
    if (spool === null) {
      const log = new JobLog(path);
      spool = { log, reader: new LogReader(log) };
    }
    spool.log.append(typeof content === 'string' ? Buffer.from(content) : content);
  }

  output.onDrain(pump);
  return {
    write(content) {
      if (spool === null && !output.isBehind) output.write(content);
      else keep(content);
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
