/** What a request to the artifact or cache service gets instead of an answer; the codes are Twirp's. */
export class ResultsError extends Error {
  override readonly name = 'ResultsError';
  readonly code: ResultsErrorCode;

  constructor(code: ResultsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Twirp's code to its HTTP status. @see https://twitchtv.github.io/twirp/docs/spec_v7.html#error-codes */
export const resultsErrorStatus = {
  invalid_argument: 400,
  malformed: 400,
  out_of_range: 400,
  unauthenticated: 401,
  permission_denied: 403,
  not_found: 404,
  bad_route: 404,
  already_exists: 409,
  resource_exhausted: 413,
  unavailable: 503,
  internal: 500,
} as const;

export type ResultsErrorCode = keyof typeof resultsErrorStatus;
