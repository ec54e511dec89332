import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** Where each block lies in the staging file. */
interface Block {
  offset: number;
  size: number;
}

/**
 * The blocks of one upload, in the manner of Azure's block blobs: blocks arrive in any order and at once, each under an id; a list of
 * ids then says what the blob is. Blocks are written to one staging file in order of arrival, so that a list in that order, which is what
 * clients send, costs no second copy.
 */
export class BlockUpload {
  readonly #file: string;
  readonly #maxSizeBytes: number;
  readonly #blocks = new Map<string, Block>();
  #end = 0;
  #handle: Promise<FileHandle> | undefined;

  constructor(file: string, maxSizeBytes: number) {
    this.#file = file;
    this.#maxSizeBytes = maxSizeBytes;
  }

  /** @throws UploadTooLarge, or Error if the body is not `sizeBytes` long. */
  async putBlock(id: string, body: Readable, sizeBytes: number): Promise<void> {
    const offset = this.#reserve(sizeBytes);
    await this.#write(body, offset, sizeBytes);
    this.#blocks.set(id, { offset, size: sizeBytes });
  }

  /** For clients that send ranges of a known layout (cache protocol v1). @throws UploadTooLarge */
  async putRange(offset: number, body: Readable, sizeBytes: number): Promise<void> {
    if (offset + sizeBytes > this.#maxSizeBytes) throw new UploadTooLarge(this.#maxSizeBytes);
    await this.#write(body, offset, sizeBytes);
    this.#end = Math.max(this.#end, offset + sizeBytes);
  }

  /** Makes the staging file hold exactly the listed blocks, in that order. @throws UnknownBlock */
  async commitBlocks(ids: readonly string[]): Promise<void> {
    const blocks = ids.map((id) => {
      const block = this.#blocks.get(id);
      if (block === undefined) throw new UnknownBlock(id);
      return block;
    });
    let expected = 0;
    const inOrder = blocks.every(({ offset, size }) => {
      const matches = offset === expected;
      expected += size;
      return matches;
    });
    if (!inOrder) await this.#rewrite(blocks);
    else await (await this.#open()).truncate(expected);
    this.#end = expected;
  }

  /** Closes and returns the staging file, which is the caller's from now on. */
  async finish(): Promise<{ file: string; size: number }> {
    await (await this.#open()).close();
    this.#handle = undefined;
    return { file: this.#file, size: this.#end };
  }

  async discard(): Promise<void> {
    await this.#handle?.then((handle) => handle.close()).catch(() => {});
    this.#handle = undefined;
    await rm(this.#file, { force: true });
  }

  #reserve(sizeBytes: number): number {
    const offset = this.#end;
    if (offset + sizeBytes > this.#maxSizeBytes) throw new UploadTooLarge(this.#maxSizeBytes);
    this.#end += sizeBytes;
    return offset;
  }

  async #write(body: Readable, offset: number, sizeBytes: number): Promise<void> {
    const handle = await this.#open();
    let written = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (written + chunk.length > sizeBytes) throw new Error('the body is longer than its Content-Length');
      for (let done = 0; done < chunk.length; ) {
        const { bytesWritten } = await handle.write(
          chunk,
          done,
          chunk.length - done,
          offset + written + done,
        );
        done += bytesWritten;
      }
      written += chunk.length;
    }
    if (written !== sizeBytes) throw new Error(`the body ended after ${written} of ${sizeBytes} bytes`);
  }

  async #rewrite(blocks: readonly Block[]): Promise<void> {
    const source = await this.#open();
    const ordered = `${this.#file}.ordered`;
    const target = await open(ordered, 'w');
    try {
      const buffer = Buffer.allocUnsafe(1 << 20);
      for (const { offset, size } of blocks) {
        for (let done = 0; done < size; ) {
          const { bytesRead } = await source.read(
            buffer,
            0,
            Math.min(buffer.length, size - done),
            offset + done,
          );
          if (bytesRead === 0) throw new Error('the staging file is shorter than its blocks');
          await target.write(buffer, 0, bytesRead);
          done += bytesRead;
        }
      }
    } finally {
      await target.close();
    }
    await source.close();
    await rename(ordered, this.#file);
    this.#handle = undefined;
  }

  #open(): Promise<FileHandle> {
    this.#handle ??= open(this.#file, 'a+').then(async (created) => {
      await created.close();
      return open(this.#file, 'r+');
    });
    return this.#handle;
  }
}

export class UploadTooLarge extends Error {
  override readonly name = 'UploadTooLarge';
  constructor(maxSizeBytes: number) {
    super(`the upload is larger than the limit of ${maxSizeBytes} bytes`);
  }
}

export class UnknownBlock extends Error {
  override readonly name = 'UnknownBlock';
  constructor(id: string) {
    super(`the block list names block ${id}, which was not uploaded`);
  }
}
