import { messageOf } from '../../support/message-of';

/** An error that a service answers with, in AWS's own words. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  /**
   * @param code AWS's error code, e.g. `ValidationError`.
   * @param status HTTP status; 4xx says that the caller is at fault.
   */
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** The error that Auto Scaling and Elastic Load Balancing answer malformed or contradictory input with. */
export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}

/** The error for a request that cannot be read at all, e.g. a number that is none. */
export function malformedInput(message: string): ServiceError {
  return new ServiceError('MalformedInput', message);
}

/** The error for what AWS does and this service does not: said, never silently ignored. */
export function notDoneHere(what: string): ServiceError {
  return new ServiceError('UnsupportedOperation', `${what} is not done by the local emulation.`);
}

/** The error for what went wrong in the service itself. */
export function internalFailure(error: unknown): ServiceError {
  return new ServiceError('InternalFailure', messageOf(error), 500);
}
