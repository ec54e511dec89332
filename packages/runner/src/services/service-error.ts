/** Why a service could not be had; `code` is stable, the message is for people. */
export type ServiceErrorCode =
  | 'cannot-serve'
  | 'invalid-request'
  | 'port-taken'
  | 'start-failed'
  | 'unhealthy'
  | 'cancelled';

/**
 * A service that can't be started or never gets healthy. The message holds everything a person needs,
 * the last lines of the service's own log included.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: ServiceErrorCode;

  constructor(code: ServiceErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
