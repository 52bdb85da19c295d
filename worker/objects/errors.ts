import { S3ServiceException } from '@aws-sdk/client-s3';

/** HTTP status of an S3 error, undefined for any other error. */
function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

/** The object, or the version of it that was named, does not exist. */
export function isMissing(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** A condition of the request did not hold (412), or another write came in between (409): look again. */
export function isConflict(error: unknown): boolean {
  const status = statusOf(error);
  return status === 412 || status === 409;
}

/** The store does not implement what was asked (501), as emulators may not. */
export function isNotImplemented(error: unknown): boolean {
  return statusOf(error) === 501;
}

/** The user metadata is over S3's 2 KB. */
export function isMetadataTooLarge(error: unknown): boolean {
  return error instanceof S3ServiceException && error.name === 'MetadataTooLarge';
}
