import { type FileHandle, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { type Block, blocksOf, noteBlock } from './block-index.ts';

export interface BlockUploadOptions {
  /** Names this server's files. */
  owner: string;
  maxSizeBytes: number;
  /** Other servers may go on with the upload. */
  isShared: boolean;
}

/**
 * The blocks of one upload, in the manner of Azure's block blobs: blocks arrive in any order and at once, each under an id; a list of
 * ids then says what the blob is. They may arrive at several servers that share the upload's folder, where each writes files of its own. A
 * server writes blocks to one file in order of arrival, so that a list in that order, which is what clients send, costs no second copy.
 */
export class BlockUpload {
  readonly #folder: string;
  /** Names this server's files. */
  readonly #owner: string;
  readonly #maxSizeBytes: number;
  readonly #isShared: boolean;
  readonly #blocks = new Map<string, Block>();
  #end = 0;
  #handle: Promise<FileHandle> | undefined;

  constructor(folder: string, { owner, maxSizeBytes, isShared }: BlockUploadOptions) {
    this.#folder = folder;
    this.#owner = owner;
    this.#maxSizeBytes = maxSizeBytes;
    this.#isShared = isShared;
  }

  /** @throws UploadTooLarge, or Error if the body is not `sizeBytes` long. */
  async putBlock(id: string, body: Readable, sizeBytes: number): Promise<void> {
    const offset = this.#end;
    if (offset + sizeBytes > this.#maxSizeBytes) throw new UploadTooLarge(this.#maxSizeBytes);
    this.#end += sizeBytes;
    const handle = await this.#open();
    await writeBody(handle, body, { offset, sizeBytes });
    // A network file system keeps to itself what was written until then.
    if (this.#isShared) await handle.datasync();
    const block = { file: this.#file, offset, sizeBytes };
    this.#blocks.set(id, block);
    await noteBlock(this.#folder, this.#owner, { id, block });
  }

  /** For clients that send ranges of a known layout (cache protocol v1). @throws UploadTooLarge */
  async putRange(offset: number, body: Readable, sizeBytes: number): Promise<void> {
    if (offset + sizeBytes > this.#maxSizeBytes) throw new UploadTooLarge(this.#maxSizeBytes);
    const handle = await openForWriting(path.join(this.#folder, 'ranges'));
    try {
      await writeBody(handle, body, { offset, sizeBytes });
    } finally {
      await handle.close();
    }
  }

  /** Makes the blob exactly the listed blocks, in that order; the same list again changes nothing. @throws UnknownBlock, UploadTooLarge */
  async commitBlocks(ids: readonly string[]): Promise<void> {
    const listed = JSON.stringify(ids);
    const committed = path.join(this.#folder, 'committed');
    if (
      !ids.every((id) => this.#blocks.has(id)) &&
      (await readFile(committed, 'utf8').catch(() => '')) === listed
    ) {
      return;
    }
    const blocks = await this.#find(ids);
    const sizeBytes = blocks.reduce((sum, block) => sum + block.sizeBytes, 0);
    if (sizeBytes > this.#maxSizeBytes) throw new UploadTooLarge(this.#maxSizeBytes);
    if (isInOrder(blocks, this.#file)) await (await this.#open()).truncate(sizeBytes);
    else await copyBlocks(blocks, `${this.#file}.ordered`);
    await this.#close();
    await rename(isInOrder(blocks, this.#file) ? this.#file : `${this.#file}.ordered`, this.#whole);
    this.#blocks.clear();
    this.#end = 0;
    await writeFile(committed, listed);
  }

  /** Closes its files; the upload may go on, here or at another server. */
  async release(): Promise<void> {
    await this.#close().catch(() => {});
  }

  async discard(): Promise<void> {
    await this.release();
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #file(): string {
    return path.join(this.#folder, `${this.#owner}.data`);
  }

  get #whole(): string {
    return path.join(this.#folder, 'whole');
  }

  async #find(ids: readonly string[]): Promise<Block[]> {
    const isOwn = ids.every((id) => this.#blocks.has(id));
    const known = isOwn ? this.#blocks : new Map([...(await blocksOf(this.#folder)), ...this.#blocks]);
    return ids.map((id) => {
      const block = known.get(id);
      if (block === undefined) throw new UnknownBlock(id);
      return block;
    });
  }

  #open(): Promise<FileHandle> {
    this.#handle ??= openForWriting(this.#file);
    return this.#handle;
  }

  async #close(): Promise<void> {
    const handle = await this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}

/** 'r+' keeps what is there and lets writes be placed; 'a' makes the file the first time. */
async function openForWriting(file: string): Promise<FileHandle> {
  await (await open(file, 'a')).close();
  return open(file, 'r+');
}

function isInOrder(blocks: readonly Block[], file: string): boolean {
  let expected = 0;
  return blocks.every((block) => {
    const matches = block.file === file && block.offset === expected;
    expected += block.sizeBytes;
    return matches;
  });
}

async function writeBody(
  handle: FileHandle,
  body: Readable,
  { offset, sizeBytes }: Pick<Block, 'offset' | 'sizeBytes'>,
): Promise<void> {
  let written = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (written + chunk.length > sizeBytes) throw new Error('the body is longer than its Content-Length');
    for (let done = 0; done < chunk.length; ) {
      const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, offset + written + done);
      done += bytesWritten;
    }
    written += chunk.length;
  }
  if (written !== sizeBytes) throw new Error(`the body ended after ${written} of ${sizeBytes} bytes`);
}

async function copyBlocks(blocks: readonly Block[], ordered: string): Promise<void> {
  const target = await open(ordered, 'w');
  const sources = new Map<string, FileHandle>();
  try {
    const buffer = Buffer.allocUnsafe(1 << 20);
    for (const { file, offset, sizeBytes } of blocks) {
      const source = sources.get(file) ?? (await open(file, 'r'));
      sources.set(file, source);
      for (let done = 0; done < sizeBytes; ) {
        const wanted = Math.min(buffer.length, sizeBytes - done);
        const { bytesRead } = await source.read(buffer, 0, wanted, offset + done);
        if (bytesRead === 0) throw new Error('the staging file is shorter than its blocks');
        await target.write(buffer, 0, bytesRead);
        done += bytesRead;
      }
    }
  } finally {
    await Promise.all([target, ...sources.values()].map((handle) => handle.close()));
  }
}

/** The blob in the folder of an upload that is released: what was committed, else its ranges, else nothing. */
export async function blobIn(folder: string): Promise<string> {
  const names = await readdir(folder);
  const name = ['whole', 'ranges'].find((one) => names.includes(one));
  const file = path.join(folder, name ?? 'whole');
  if (name === undefined) await writeFile(file, '');
  return file;
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
