import type { Writable } from 'node:stream';

/** Where a view prints to; a stream that is written without waiting, and that says when it is behind. */
export interface Output {
  /** False: the reader is behind; `onDrain` is called when it has caught up. */
  write(content: string | Uint8Array): boolean;
  readonly isBehind: boolean;
  onDrain(listener: () => void): void;
  /** When all that was written has left the process. */
  flushed(): Promise<void>;
}

/** `onBroken` is called once when nobody reads any more (`slipway run | head`); what is written then is dropped. */
export function streamOutput(stream: Writable, onBroken: () => void): Output {
  let broken = false;
  stream.on('error', () => {
    if (!broken) onBroken();
    broken = true;
  });
  return {
    write: (content) => broken || stream.write(content),
    get isBehind() {
      return !broken && stream.writableNeedDrain;
    },
    onDrain: (listener) => stream.on('drain', listener),
    flushed: () =>
      new Promise((resolve) => {
        if (broken || stream.writableLength === 0) resolve();
        else stream.write('', () => resolve());
      }),
  };
}
