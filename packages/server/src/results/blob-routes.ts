import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { listArtifacts } from '../artifacts/artifact-service.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { PendingUpload } from './pending-uploads.ts';
import type { ResultsContext } from './results-context.ts';
import { ResultsError } from './results-error.ts';

/**
 * The part of Azure's block blob protocol that the official clients and buildx use: `PUT` of a whole blob, of a block, of a block list.
 * @see https://learn.microsoft.com/rest/api/storageservices/put-block
 */
export async function putBlob(pending: PendingUpload, request: IncomingMessage, url: URL): Promise<void> {
  const comp = url.searchParams.get('comp');
  if (comp === 'blocklist') return pending.upload.commitBlocks(await readBlockList(request));
  const sizeBytes = Number(request.headers['content-length'] ?? Number.NaN);
  if (!Number.isSafeInteger(sizeBytes))
    throw new ResultsError('invalid_argument', 'Content-Length is required');
  const id = comp === 'block' ? url.searchParams.get('blockid') : 'whole';
  if (id === null || (comp !== null && comp !== 'block')) {
    throw new ResultsError('invalid_argument', `comp=${comp} is not served here`);
  }
  await pending.upload.putBlock(id, request, sizeBytes);
  if (comp === null) await pending.upload.commitBlocks([id]);
}

/** A file to send, with how it is to be named. */
export interface Download {
  digest: string;
  sizeBytes: number;
  mimeType: string;
  fileName: string;
}

/** @throws ResultsError not_found */
export async function findDownload(context: ResultsContext, kind: string, id: number): Promise<Download> {
  if (kind === 'artifacts') {
    const [artifact] = await listArtifacts(context, { id });
    if (artifact !== undefined) {
      const { digest, sizeBytes, mimeType, name } = artifact;
      return { digest, sizeBytes, mimeType, fileName: mimeType === 'application/zip' ? `${name}.zip` : name };
    }
  } else {
    const row = await context.store
      .selectFrom('cache_entry')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    if (row !== undefined) {
      const { digest, size } = row;
      return { digest, sizeBytes: Number(size), mimeType: 'application/octet-stream', fileName: 'cache' };
    }
  }
  throw new ResultsError('not_found', 'it was deleted or has expired');
}

/** Answers GET and HEAD, with one range if one is asked for. */
export async function sendBlob(
  blobs: BlobStore,
  { download, request, response }: { download: Download; request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  // Azure's own clients ask in a header of theirs, which goes before the standard one.
  const wanted = request.headers['x-ms-range'] ?? request.headers.range;
  const range = readRange(wanted?.toString(), download.sizeBytes);
  const { start, end } = range ?? { start: 0, end: download.sizeBytes - 1 };
  response.writeHead(range === null ? 200 : 206, {
    'Content-Type': download.mimeType,
    'Content-Length': end - start + 1,
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(download.fileName)}`,
    'Accept-Ranges': 'bytes',
    ETag: `"${download.digest}"`,
    ...(range === null ? {} : { 'Content-Range': `bytes ${start}-${end}/${download.sizeBytes}` }),
  });
  if (request.method === 'HEAD' || download.sizeBytes === 0) response.end();
  else {
    const file = blobs.fileOf(download.digest);
    await pipeline(createReadStream(file, { start, end, highWaterMark: 1 << 20 }), response);
  }
}

/** null: the whole file. @throws ResultsError out_of_range */
function readRange(header: string | undefined, sizeBytes: number): { start: number; end: number } | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return null;
  const start = match[1] === '' ? Math.max(0, sizeBytes - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? sizeBytes - 1 : Math.min(Number(match[2]), sizeBytes - 1);
  if (start > end) throw new ResultsError('out_of_range', `the blob has ${sizeBytes} bytes`);
  return { start, end };
}

const maxBlockListBytes = 8 << 20;

/** `<BlockList><Latest>id</Latest>…</BlockList>`; ids are base64, so nothing in them is escaped. */
async function readBlockList(request: IncomingMessage): Promise<string[]> {
  let xml = '';
  for await (const chunk of request.setEncoding('utf8')) {
    xml += chunk;
    if (xml.length > maxBlockListBytes)
      throw new ResultsError('resource_exhausted', 'the block list is too long');
  }
  return [...xml.matchAll(/<(Latest|Uncommitted|Committed)>([A-Za-z0-9+/=]+)<\/\1>/g)].map(
    (match) => match[2] ?? '',
  );
}
