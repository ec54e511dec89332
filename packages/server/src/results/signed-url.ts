import { createHmac, timingSafeEqual } from 'node:crypto';
import { ResultsError } from './results-error.ts';

/**
 * URLs that work without a token, for the blob clients: a path, when it expires (`se`, epoch seconds) and a signature over both (`sig`).
 * The parameters are named as Azure's, which clients mask in their logs.
 */
export function signPath(
  pathname: string,
  { key, expiresAt }: { key: Uint8Array; expiresAt: number },
): string {
  const seconds = Math.floor(expiresAt / 1000);
  return `${pathname}?se=${seconds}&sig=${signature(pathname, seconds, key)}`;
}

/** @throws ResultsError permission_denied */
export function assertSignedPath(url: URL, { key, now }: { key: Uint8Array; now: number }): void {
  const seconds = Number(url.searchParams.get('se'));
  const given = Buffer.from(url.searchParams.get('sig') ?? '', 'base64url');
  const expected = Buffer.from(signature(url.pathname, seconds, key), 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new ResultsError('permission_denied', 'the signature of the URL is wrong');
  }
  if (seconds * 1000 <= now) throw new ResultsError('permission_denied', 'the URL has expired');
}

function signature(pathname: string, seconds: number, key: Uint8Array): string {
  return createHmac('sha256', key).update(`${pathname}\n${seconds}`).digest('base64url');
}
