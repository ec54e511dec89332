/** GitHub refused, or could not be reached. */
export class GithubError extends Error {
  override readonly name = 'GithubError';
  /** Null: there was no answer. */
  readonly status: number | null;
  /** When GitHub wants to be asked again, epoch milliseconds. */
  readonly retryAt: number | null;

  constructor(message: string, options: ErrorOptions & { status: number | null; retryAt?: number | null }) {
    super(message, options);
    this.status = options.status;
    this.retryAt = options.retryAt ?? null;
  }
}

export interface GithubCall {
  apiUrl: string;
  token: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Below `apiUrl`, beginning with a slash. */
  path: string;
  body?: object;
  now: () => number;
}

const answerWithinMs = 20_000;

/**
 * Calls GitHub's REST interface.
 * @throws GithubError
 */
export async function callGithub({ apiUrl, token, method, path, body, now }: GithubCall): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(`${apiUrl.replace(/\/+$/, '')}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/vnd.github+json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        'user-agent': 'slipway',
        'x-github-api-version': '2022-11-28',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      // Nobody else gets the token.
      redirect: 'error',
      signal: AbortSignal.timeout(answerWithinMs),
    });
  } catch (cause) {
    throw new GithubError(`GitHub cannot be reached at ${apiUrl}`, { status: null, cause });
  }
  if (response.ok) return response.json();
  const text = (await response.text().catch(() => '')).slice(0, 500);
  throw new GithubError(`GitHub answered ${response.status} to ${method} ${path}: ${text}`, {
    status: response.status,
    retryAt: retryAtOf(response.headers, now()),
  });
}

/** @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately */
function retryAtOf(headers: Headers, now: number): number | null {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  if (Number.isFinite(seconds)) return now + seconds * 1000;
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN);
  return headers.get('x-ratelimit-remaining') === '0' && Number.isFinite(reset) ? reset * 1000 : null;
}
