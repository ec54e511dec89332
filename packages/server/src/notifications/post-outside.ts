import { lookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import ipaddr from 'ipaddr.js';

/** Somebody outside refused, or could not be reached. */
export class OutsideError extends Error {
  override readonly name = 'OutsideError';
  /** When they want to be asked again, epoch milliseconds; null: they did not say. */
  readonly retryAt: number | null;

  constructor(message: string, options: ErrorOptions & { retryAt?: number | null } = {}) {
    super(message, options);
    this.retryAt = options.retryAt ?? null;
  }
}

export interface OutsidePost {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Hosts that may be asked although their addresses are private, as the operator of the server says. */
  privateHosts: readonly string[];
  now: () => number;
  /** All addresses of a name; default: what the system says. */
  resolve?: (host: string) => Promise<Address[]>;
}

export interface Address {
  address: string;
  family: number;
}

const answerWithinMs = 20_000;
const mostAnswerBytes = 64 * 1024;

/**
 * Sends to a URL that somebody wrote into a file. Addresses of the machine, of its network and of clouds' metadata are not asked: the name
 * is resolved once, its addresses are looked at, and the connection goes to one of those, so that a name that changes its mind changes nothing.
 * Redirects are not followed.
 * @throws OutsideError
 */
export async function postOutside({
  url,
  headers,
  body,
  privateHosts,
  now,
  resolve = resolveBySystem,
}: OutsidePost): Promise<string> {
  const target = parse(url);
  const host = target.hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = await resolve(host);
  const secret = addresses.find(({ address }) => !isPublic(address));
  if (secret && !privateHosts.includes(host)) {
    throw new OutsideError(
      `${host} is ${secret.address}, an address that is not public: the server's operator has to allow it (privateHosts)`,
    );
  }
  const [pinned] = addresses;
  if (!pinned) throw new OutsideError(`${host} has no address`);
  return send({ target, headers, body, pinned, now });
}

function parse(url: string): URL {
  const target = URL.canParse(url) ? new URL(url) : null;
  if (target === null || !/^https?:$/.test(target.protocol)) throw new OutsideError('this is no web address');
  if (target.username !== '' || target.password !== '') {
    throw new OutsideError('a web address with a password in it is not asked');
  }
  return target;
}

async function resolveBySystem(host: string): Promise<Address[]> {
  try {
    return await lookup(host, { all: true });
  } catch (cause) {
    throw new OutsideError(`${host} can't be resolved`, { cause });
  }
}

/** IPv4 in IPv6 is what it is in IPv4. */
export function isPublic(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}

interface Sending {
  target: URL;
  headers: Record<string, string>;
  body: string;
  pinned: Address;
  now: () => number;
}

function send({ target, headers, body, pinned, now }: Sending): Promise<string> {
  const request = target.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      target,
      {
        method: 'POST',
        headers: { 'user-agent': 'slipway', ...headers, 'content-length': String(Buffer.byteLength(body)) },
        // The address that was looked at, whatever the name means by now; the certificate is still held against the name.
        lookup: (_, options, found) =>
          options.all === true ? found(null, [pinned]) : found(null, pinned.address, pinned.family),
        agent: false,
        signal: AbortSignal.timeout(answerWithinMs),
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (piece: string) => {
          text += piece;
          if (text.length > mostAnswerBytes) answer.destroy();
        });
        answer.on('close', () => {
          const { statusCode = 0 } = answer;
          if (statusCode >= 200 && statusCode < 300) resolve(text);
          else reject(refusal(target, { statusCode, text, retryAfter: answer.headers['retry-after'], now }));
        });
      },
    );
    outgoing.on('error', (cause) => {
      reject(new OutsideError(`${target.host} can't be reached: ${cause.message}`, { cause }));
    });
    outgoing.end(body);
  });
}

interface Refusal {
  statusCode: number;
  text: string;
  retryAfter: string | undefined;
  now: () => number;
}

function refusal({ host }: URL, { statusCode, text, retryAfter, now }: Refusal): OutsideError {
  const seconds = Number(retryAfter ?? Number.NaN);
  const what =
    statusCode >= 300 && statusCode < 400 ? 'a redirect, which is not followed' : text.slice(0, 200);
  return new OutsideError(`${host} answered ${statusCode}: ${what}`, {
    retryAt: Number.isFinite(seconds) ? now() + seconds * 1000 : null,
  });
}
