import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { BlobStore } from '../blobs/blob-store.ts';
import { BlockUpload, blobIn } from '../blobs/block-upload.ts';
import { type PurposeMark, purposeMark } from './purpose-mark.ts';
import { ResultsError } from './results-error.ts';

const detailsSchema = z.object({
  /** What is made of it, e.g. `artifact run-1 report`; one upload at a time may make one thing. */
  purpose: z.string(),
  mimeType: z.string(),
  expiresAt: z.number(),
  /** What whoever began it wants to know at its end. */
  notes: z.record(z.string(), z.string()),
});

type Details = z.infer<typeof detailsSchema>;

/** An upload that has begun and is not finalized. Nothing of it is in the store: a killed upload leaves nothing visible. */
export interface PendingUpload extends Details {
  id: string;
  upload: BlockUpload;
}

/**
 * Uploads under way, each in a folder beside the blobs: servers that share the blobs share them, so that each request of an upload may come to
 * another server.
 */
export interface PendingUploads {
  /**
   * @param options `replace`: what to do with another upload of the same purpose: an artifact's is replaced, a cache's is left alone while it
   *   lives. `id`: letters, digits and dashes; default: one that nobody guesses.
   * @throws ResultsError already_exists
   */
  begin(
    details: Omit<Details, 'notes'> & Partial<Pick<Details, 'notes'>>,
    options: { maxSizeBytes: number; replace: boolean; id?: string },
  ): Promise<PendingUpload>;
  /** @throws ResultsError not_found */
  get(id: string): Promise<PendingUpload>;
  /** @throws ResultsError not_found */
  of(purpose: string): Promise<PendingUpload>;
  /**
   * Ends it; its file is the caller's. Of one that is not as long as was announced nothing is left.
   * @throws ResultsError not_found: somebody else was quicker; invalid_argument: another size
   */
  take(pending: PendingUpload, announcedBytes: number): Promise<string>;
  /** Closes files. Uploads may go on at another server, or after a start. */
  close(): Promise<void>;
  /** Ends what was begun here. */
  discardAll(): Promise<void>;
}

/** Longer without a byte and an upload counts as dead. */
const silenceMs = 5 * 60 * 1000;

interface Desk {
  /** Of the uploads' folders. */
  staging: string;
  now: () => number;
  /** Names this server's files in them. */
  owner: string;
  /** Within it one upload at a time makes a thing. */
  scope: string;
  isShared: boolean;
  known: Map<string, PendingUpload>;
  /** Ids of those that were begun here. */
  begun: Set<string>;
}

/** Whom uploads belong to. `process`: they end with it. `server`: they go on when it is started again. `servers`: at any that shares the folder. */
export type UploadOwner = 'process' | 'server' | 'servers';

export function createPendingUploads(
  blobs: BlobStore,
  now: () => number,
  belongTo: UploadOwner = 'process',
): PendingUploads {
  const owner = randomUUID();
  const desk: Desk = {
    staging: blobs.stagingDirectory(),
    now,
    owner,
    // What a process that was killed was making may be made by the next one at once.
    scope: belongTo === 'process' ? owner : 'server',
    isShared: belongTo === 'servers',
    known: new Map(),
    begun: new Set(),
  };
  const close = async (): Promise<void> => {
    await Promise.all([...desk.known.values()].map(({ upload }) => upload.release()));
    desk.known.clear();
  };
  return {
    begin: ({ notes = {}, ...given }, options) => beginUpload(desk, { ...given, notes }, options),
    get: (id) => lookUp(desk, id, id),
    of: async (purpose) => lookUp(desk, (await markOf(desk, purpose).holder()) ?? '', `for ${purpose}`),
    take: (pending, announcedBytes) => takeUpload(desk, pending, announcedBytes),
    close,
    async discardAll() {
      const own = [...desk.known.values()].filter(({ id }) => desk.begun.has(id));
      await Promise.all(own.map((pending) => removeUpload(desk, pending)));
      await close();
    },
  };
}

async function beginUpload(
  desk: Desk,
  details: Details,
  { maxSizeBytes, replace, id = randomUUID() }: Parameters<PendingUploads['begin']>[1],
): Promise<PendingUpload> {
  const { staging, now, owner, isShared } = desk;
  const folder = path.join(staging, id);
  await mkdir(folder);
  try {
    await writeFile(path.join(folder, 'details.json'), JSON.stringify({ ...details, maxSizeBytes }));
    await utimes(folder, new Date(now()), new Date(now()));
    await markOf(desk, details.purpose).take(id, async (other) => {
      if (!replace && !(await isDead(desk, other))) {
        throw new ResultsError('already_exists', 'another job is uploading this now');
      }
      desk.known.delete(other);
      await rm(path.join(staging, other), { recursive: true, force: true });
    });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const pending = { ...details, id, upload: new BlockUpload(folder, { owner, maxSizeBytes, isShared }) };
  desk.known.set(id, pending);
  desk.begun.add(id);
  return pending;
}

async function isDead({ staging, now }: Desk, id: string): Promise<boolean> {
  const touched = await stat(path.join(staging, id)).catch(() => null);
  return touched === null || now() - touched.mtimeMs >= silenceMs;
}

/** @throws ResultsError not_found */
async function lookUp(desk: Desk, id: string, what: string): Promise<PendingUpload> {
  const missing = new ResultsError('not_found', `there is no upload ${what}`);
  if (!/^[A-Za-z0-9-]{1,64}$/.test(id)) throw missing;
  const { known, staging, now } = desk;
  const folder = path.join(staging, id);
  try {
    // Its time says that it lives; that it is not there, that another server has ended it.
    await utimes(folder, new Date(now()), new Date(now()));
    const pending = known.get(id) ?? (await readUpload(desk, id));
    known.set(id, pending);
    return pending;
  } catch (error) {
    known.delete(id);
    throw error instanceof Error && 'code' in error && error.code === 'ENOENT' ? missing : error;
  }
}

async function readUpload({ staging, owner, isShared }: Desk, id: string): Promise<PendingUpload> {
  const folder = path.join(staging, id);
  const text = await readFile(path.join(folder, 'details.json'), 'utf8');
  const schema = detailsSchema.extend({ maxSizeBytes: z.number() });
  const { maxSizeBytes, ...details } = schema.parse(JSON.parse(text));
  return { ...details, id, upload: new BlockUpload(folder, { owner, maxSizeBytes, isShared }) };
}

async function takeUpload(desk: Desk, pending: PendingUpload, announcedBytes: number): Promise<string> {
  const { staging } = desk;
  await pending.upload.release();
  const file = path.join(staging, `taken-${randomUUID()}`);
  const folder = `${file}-folder`;
  // Of any number that take it one finds it there.
  await rename(path.join(staging, pending.id), folder).catch((cause: unknown) => {
    throw new ResultsError('not_found', `there is no upload ${pending.id}`, { cause });
  });
  await rename(await blobIn(folder), file);
  await rm(folder, { recursive: true, force: true });
  await removeUpload(desk, pending);
  const { size } = await stat(file);
  if (size === announcedBytes) return file;
  await rm(file, { force: true });
  throw new ResultsError(
    'invalid_argument',
    `${size} bytes arrived of the ${announcedBytes} that were announced`,
  );
}

async function removeUpload(desk: Desk, pending: PendingUpload): Promise<void> {
  desk.known.delete(pending.id);
  desk.begun.delete(pending.id);
  await markOf(desk, pending.purpose).giveUp(pending.id);
  await pending.upload.discard();
}

function markOf({ staging, scope }: Desk, purpose: string): PurposeMark {
  return purposeMark(staging, `${scope}\n${purpose}`);
}
