import type { IncomingMessage } from 'node:http';

/**
 * Headers that belong to one connection and not to the message, and so are not passed on.
 * @see RFC 9110, 7.6.1; `expect` has been answered by the edge already
 */
const ofTheConnection = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** A request's headers for the revision, as names and values in turn. */
export function requestHeaders(request: IncomingMessage): string[] {
  const raw = request.rawHeaders;
  const named = namedByConnection(request.headers.connection);
  const headers: string[] = [];
  let hasProto = false;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    if (ofTheConnection.has(name) || named?.has(name)) continue;
    if (name === 'x-forwarded-proto') hasProto = true;
    headers.push(raw[i]!, raw[i + 1]!);
  }
  addForwarded(headers, request, hasProto);
  return headers;
}

/** Those of an upgrade are passed on as they are: the connection itself is what is asked for. */
export function upgradeHeaders(request: IncomingMessage): string[] {
  const headers = [...request.rawHeaders];
  addForwarded(headers, request, request.headers['x-forwarded-proto'] !== undefined);
  return headers;
}

/** An answer's headers for the client. */
export function responseHeaders(
  headers: Record<string, string | string[] | undefined>,
): Record<string, string | string[]> {
  const named = namedByConnection(headers.connection as string | undefined);
  const passed: Record<string, string | string[]> = {};
  for (const name in headers) {
    if (ofTheConnection.has(name) || named?.has(name)) continue;
    passed[name] = headers[name]!;
  }
  return passed;
}

/** Who believes these must know how many proxies it has; the last entry is the edge's. */
function addForwarded(headers: string[], request: IncomingMessage, hasProto: boolean): void {
  headers.push('X-Forwarded-For', request.socket.remoteAddress ?? 'unknown');
  if (!hasProto) headers.push('X-Forwarded-Proto', 'http');
}

function namedByConnection(header: string | undefined): Set<string> | undefined {
  if (header === undefined || header === 'keep-alive' || header === 'close') return undefined;
  return new Set(header.split(',').map((name) => name.trim().toLowerCase()));
}
