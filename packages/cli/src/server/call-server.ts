import type { ErrorBody } from '@slipway/contracts/errors';
import type { ServerAccess } from './server-access.ts';

/** The server refused, or could not be reached; the message is for people. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal';
  /** Of HTTP; null: there was no answer. */
  readonly status: number | null;

  constructor(message: string, status: number | null = null) {
    super(message);
    this.status = status;
  }
}

export interface ServerCall {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below `/api/v1`, beginning with a slash. */
  path: string;
  body?: object;
  headers?: Record<string, string>;
}

/**
 * Asks the REST interface and gives the answer as JSON.
 * @throws ServerRefusal
 */
export async function callServer<Answer>(access: ServerAccess, call: ServerCall): Promise<Answer> {
  const response = await requestServer(access, call);
  return (response.status === 204 ? null : await response.json()) as Answer;
}

/** The same for answers that are read as they come. */
export async function requestServer(
  access: ServerAccess,
  { method = 'GET', path, body, headers = {} }: ServerCall,
): Promise<Response> {
  const { url, token } = access;
  const response = await reachServer(access, `/api/v1${path}`, {
    method,
    headers: {
      ...(token !== '' && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (response.ok) return response;
  const answer = (await response.json().catch(() => null)) as Partial<ErrorBody> | null;
  const { code, message, field } = answer?.error ?? {};
  const said =
    message === undefined
      ? `${url} answered ${response.status} ${response.statusText}`
      : `${message} (${code}${field === undefined ? '' : `, ${field}`})`;
  throw new ServerRefusal(said, response.status);
}

/** Whatever the server answers. @throws ServerRefusal if it can't be reached */
export async function reachServer(
  { url }: ServerAccess,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  try {
    return await fetch(`${url}${path}`, init);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new ServerRefusal(`${url} cannot be reached: ${cause instanceof Error ? cause.message : cause}`);
  }
}
