/** A task's version as an HTTP entity tag: `"3"` (RFC 9110, section 8.8.3). */
export function entityTag(version: number): string {
  return `"${version}"`;
}

export type Precondition =
  | { kind: 'absent' }
  /** `If-Match: *`: whatever is there now. */
  | { kind: 'any' }
  | { kind: 'version'; version: number }
  /** A tag that we never gave out: it can't match (RFC 9110, section 13.1.1). */
  | { kind: 'foreign' };

/** Reads an If-Match header with one strong tag, which is all that a client of this API has reason to send. */
export function readIfMatch(header: string | undefined): Precondition {
  if (header === undefined) return { kind: 'absent' };
  const value = header.trim();
  if (value === '*') return { kind: 'any' };
  const version = /^"([1-9]\d{0,9})"$/.exec(value)?.[1];
  return version === undefined ? { kind: 'foreign' } : { kind: 'version', version: Number(version) };
}

/** Whether If-None-Match says that the client holds this very version (weak comparison, so proxies may weaken it). */
export function holdsVersion(ifNoneMatch: string | undefined, version: number): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
    .some((tag) => tag === '*' || tag === entityTag(version));
}
